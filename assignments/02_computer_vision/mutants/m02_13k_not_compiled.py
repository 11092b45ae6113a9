"""M02-13k The model is not compiled.

file: vision.py
loses: v7_example, v7_architecture, v7_training
"""


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))
    pooled = layers.GlobalMaxPooling2D()(h)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    return model
