"""Mistakes: A first Keras model."""

from autograder.rubric import mutant


@mutant("M00-8a", loses=["i6_architecture"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The hidden layer is relu, not tanh."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@mutant("M00-8b", loses=["i6_architecture"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The hidden layer has no activation."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation=None),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@mutant("M00-8c", loses=["i6_architecture", "i6_example"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The outputs are sigmoids: they do not sum to one."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@mutant("M00-8d", loses=["i6_loss"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The loss is the mean squared error."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    return model


@mutant("M00-8e", loses=["i6_loss"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The outputs are probabilities, but the loss takes them for logits and applies softmax again."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M00-16a", loses=["i6_seed"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """Seed 0 is taken for no seed."""
    import keras

    if seed:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@mutant("M00-16b", loses=["i6_seed"])
class model_built_once:
    """The model is built once and returned again."""

    _first_build_mlp, _models = build_mlp, {}

    def build_mlp(input_dim, hidden, num_classes, seed=None):
        shape = (input_dim, hidden, num_classes)
        if shape not in _models:
            _models[shape] = _first_build_mlp(input_dim, hidden, num_classes, seed)
        return _models[shape]


@mutant("M00-16c", loses=["i6_seed", "i6_training"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The weights are zero at the start: no hidden unit ever learns."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh", kernel_initializer="zeros"),
            keras.layers.Dense(num_classes, activation="softmax", kernel_initializer="zeros"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@mutant("M00-8f", loses=["i6_architecture", "i6_example"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The outputs are logits, and the loss knows it: softmax is missing in the model alone."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes),
        ]
    )
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M00-8g", loses=["i6_loss"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The loss is that of one-hot rows, not of integer labels."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model


@mutant("M00-8h", loses=["i6_loss", "i6_example"])
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The model is not compiled."""
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )


@mutant("M00-16d", loses=["i6_seed"])
class default_seed:
    """Without a seed, a fixed one is taken: "None: different weights every time"."""

    _first_build_mlp = build_mlp

    def build_mlp(input_dim, hidden, num_classes, seed=None):
        return _first_build_mlp(input_dim, hidden, num_classes, 42 if seed is None else seed)
