"""The loss is the one that the model was compiled with; weights are assigned anew, the loss is a tensor.

file: intro.py
loses:
"""


def train_step(model, x, y, lr):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(y=y, y_pred=model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    for w, g in zip(model.trainable_variables, gradients):
        w.assign(w - lr * g)
    return loss
