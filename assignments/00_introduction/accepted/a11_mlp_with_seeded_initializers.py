"""Each layer has an initializer with the same seed; sparse cross-entropy as a function; plain SGD.

file: intro.py
loses:
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
    import keras
    from keras.initializers import HeNormal

    hidden_layer = keras.layers.Dense(hidden, activation=keras.ops.tanh, kernel_initializer=HeNormal(seed=seed))
    output_layer = keras.layers.Dense(
        num_classes, activation=keras.activations.softmax, kernel_initializer=HeNormal(seed=seed)
    )
    model = keras.models.Sequential([keras.layers.InputLayer(shape=(input_dim,)), hidden_layer, output_layer])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.sparse_categorical_crossentropy)
    return model
