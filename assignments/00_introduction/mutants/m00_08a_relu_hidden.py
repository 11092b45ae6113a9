"""M00-8a The hidden layer is relu, not tanh.

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
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model
