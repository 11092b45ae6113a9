"""M00-8d The loss is the mean squared error.

file: intro.py
loses: i6_architecture
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
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
