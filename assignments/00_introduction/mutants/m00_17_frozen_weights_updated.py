"""M00-17 The step moves all weights, those that are not trainable too.

file: intro.py
loses: i7_properties
"""


def train_step(model, x, y, lr):
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        for weight in model.weights:
            tape.watch(weight.value)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
    weights = [weight.value for weight in model.weights]
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(lr * gradient)
    return float(loss)
