"""M00-16a Seed 0 is taken for no seed.

file: intro.py
loses: i6_seed
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
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
