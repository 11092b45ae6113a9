"""M00-9a The loss that is returned is the one after the step.

file: intro.py
loses: i7_values, i7_example
"""


def train_step(model, x, y, lr):
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_mean(losses)
    weights = model.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(lr * gradient)
    return float(tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x))))
