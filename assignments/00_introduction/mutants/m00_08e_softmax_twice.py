"""M00-8e The outputs are probabilities, but the loss takes them for logits and applies softmax again.

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
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
