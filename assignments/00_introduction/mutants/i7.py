"""Mistakes: One training step by hand."""

from autograder.rubric import mutant


@mutant("M00-9a", loses=["i7_loss", "i7_example"])
def train_step(model, x, y, lr):
    """The loss that is returned is the one after the step."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_mean(losses)
    weights = model.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(lr * gradient)
    return float(tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x))))


@mutant("M00-9b", loses=["i7_values", "i7_properties", "i7_example"])
def train_step(model, x, y, lr):
    """The step is +lr times the gradient: uphill."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_mean(losses)
    weights = model.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_add(lr * gradient)
    return float(loss)


@mutant("M00-9c", loses=["i7_values", "i7_loss", "i7_example"])
def train_step(model, x, y, lr):
    """The loss is averaged over the features as well."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_mean(losses) / x.shape[1]
    weights = model.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(lr * gradient)
    return float(loss)


@mutant("M00-17", loses=["i7_properties"])
def train_step(model, x, y, lr):
    """The step moves all weights, those that are not trainable too."""
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


@mutant("M00-9d", loses=["i7_values", "i7_example"])
def train_step(model, x, y, lr):
    """The step is that of the summed loss, the mean is returned."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_sum(losses)
    weights = model.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights)):
        weight.assign_sub(lr * gradient)
    return float(tf.reduce_mean(losses))


@mutant("M00-9e", loses=["i7_values", "i7_properties", "i7_example"])
def train_step(model, x, y, lr):
    """No step is taken: with lr=0 nothing changes, and frozen weights stay."""
    import keras
    import tensorflow as tf

    return float(tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x))))


@mutant("M00-9f", loses=["i7_values", "i7_example"])
def train_step(model, x, y, lr):
    """The step is Adam's, not the plain one."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
    weights = model.trainable_variables
    keras.optimizers.Adam(lr).apply_gradients(zip(tape.gradient(loss, weights), weights))
    return float(loss)
