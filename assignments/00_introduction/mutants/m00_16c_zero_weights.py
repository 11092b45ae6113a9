"""M00-16c The weights are zero at the start: no hidden unit ever learns.

file: intro.py
loses: i6_seed, i6_training
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
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
