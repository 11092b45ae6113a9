"""Accepted: both paths have a convolution: the way around is a projection; a block inside a nested model.

file: vision.py
loses:
"""


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    from tensorflow import keras

    inner = keras.Input((None, None, 8))
    path = keras.layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(inner)
    path = keras.layers.Conv2D(12, 3, padding="same")(path)
    around = keras.layers.Conv2D(12, 1, strides=2)(inner)
    stage = keras.Model(inner, keras.layers.add([around, path]), name="stage")

    image = keras.Input(input_shape)
    h = keras.layers.Conv2D(8, 5, padding="same")(image)
    h = stage(keras.layers.Activation("relu")(h))
    h = keras.layers.GlobalMaxPooling2D(keepdims=True)(keras.layers.ReLU()(h))
    h = keras.layers.Dropout(0.1)(keras.layers.Flatten()(h))
    model = keras.Model(image, keras.layers.Softmax()(keras.layers.Dense(num_classes)(h)))
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    return model
