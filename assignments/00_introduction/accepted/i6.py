"""Other right answers: A first Keras model."""

from autograder.rubric import accepted


@accepted("a10_mlp_with_global_seed")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The seed is the global one of Keras; layers are added one by one, activations as layers of
    their own.
    """
    import tensorflow as tf
    from tensorflow.keras import layers

    if seed is not None:
        tf.keras.utils.set_random_seed(seed)
    model = tf.keras.models.Sequential(name="my_first_model")
    model.add(tf.keras.Input(shape=(input_dim,)))
    model.add(layers.Dense(hidden))
    model.add(layers.Activation("tanh"))
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@accepted("a11_mlp_with_seeded_initializers")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """Each layer has an initializer with the same seed; sparse cross-entropy as a function; plain SGD."""
    import keras
    from keras.initializers import HeNormal

    hidden_layer = keras.layers.Dense(hidden, activation=keras.ops.tanh, kernel_initializer=HeNormal(seed=seed))
    output_layer = keras.layers.Dense(
        num_classes, activation=keras.activations.softmax, kernel_initializer=HeNormal(seed=seed)
    )
    model = keras.models.Sequential([keras.layers.InputLayer(shape=(input_dim,)), hidden_layer, output_layer])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.sparse_categorical_crossentropy)
    return model
