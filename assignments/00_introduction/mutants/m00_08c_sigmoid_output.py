"""M00-8c The outputs are sigmoids: they do not sum to one.

file: intro.py
loses: i6_architecture, i6_example
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
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
