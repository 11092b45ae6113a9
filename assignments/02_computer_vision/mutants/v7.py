"""Mistakes: A residual network in Keras."""

from autograder.rubric import mutant


@mutant("M02-13a", loses=["v7_architecture"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The paths are concatenated."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Concatenate()([h, path]))
    pooled = layers.GlobalMaxPooling2D()(h)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13b", loses=["v7_architecture"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """There is no path around the block."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(path)
    pooled = layers.GlobalMaxPooling2D()(h)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13c", loses=["v7_architecture"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The feature maps are flattened for the classifier."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))
    pooled = layers.Flatten()(h)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13d", loses=["v7_example"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The model has more than 10,000 parameters."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))
    pooled = layers.Dense(1200, activation="relu")(layers.GlobalMaxPooling2D()(h))
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13e", loses=["v7_loss"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """Softmax in the model, and a loss that applies it again."""
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
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M02-13f", loses=["v7_properties"], file="vision.py")
class model_built_once:
    """The model is built once and returned again."""

    _first_build_cnn, _models = build_cnn, {}

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        if (input_shape, num_classes) not in _models:
            _models[input_shape, num_classes] = _first_build_cnn(input_shape, num_classes)
        return _models[input_shape, num_classes]


@mutant("M02-13g", loses=["v7_properties"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The features are centred over the batch, also when the model is used."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))
    pooled = layers.GlobalMaxPooling2D()(h)
    pooled = pooled - keras.ops.mean(pooled, axis=0, keepdims=True)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13h", loses=["v7_training"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """All layers are frozen."""
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
    model.trainable = False
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13i", loses=["v7_architecture"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The block is added to itself: two equal paths."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([path, layers.Activation("tanh")(path)]))
    pooled = layers.GlobalMaxPooling2D()(h)
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13j", loses=["v7_loss"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The classifier has four units, whatever was asked for."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
    h = layers.MaxPooling2D(2)(h)
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))
    pooled = layers.GlobalMaxPooling2D()(h)
    classes = layers.Dense(4, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model


@mutant("M02-13k", loses=["v7_example", "v7_loss"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """The model is not compiled."""
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


@mutant("M02-29a", loses=["v7_loss", "v7_training"])
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """Logits, and a loss for probabilities, with which it does not learn."""
    import keras
    from keras import layers
    image = keras.Input(input_shape)
    h = layers.MaxPooling2D(2)(layers.Conv2D(8, 5, padding="same", activation="relu")(image))
    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    h = layers.Activation("relu")(h + layers.Conv2D(8, 3, padding="same")(path))
    logits = layers.Dense(num_classes)(layers.GlobalMaxPooling2D()(h))
    model = keras.Model(image, logits)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy())
    return model


@mutant("M02-13p", loses=["v7_architecture"], file="vision.py")
class convolution_times_zero:
    """The path with the convolution is multiplied by 0: there is one, and it does nothing."""

    import keras
    from keras import layers

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        image = keras.Input(input_shape)
        h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
        h = h + 0.0 * layers.Conv2D(8, 1)(h)
        model = keras.Model(image, layers.Dense(num_classes)(layers.GlobalMaxPooling2D()(h)))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M02-13q", loses=["v7_architecture", "v7_training"], file="vision.py")
class convolution_for_show:
    """A layer of one's own shows convolutions to whoever asks for symbols, and is dense for numbers."""

    import keras
    from keras import layers

    class Block(layers.Layer):
        def build(self, shape):
            self.dense = layers.Dense(8, activation="relu")
            self.dense.build(shape)

        def call(self, x):
            if isinstance(x, keras.KerasTensor):
                y = layers.Conv2D(8, 3, padding="same")(x)
                return layers.Add()([y, layers.Conv2D(8, 3, padding="same")(y)])
            return self.dense(x)

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        image = keras.Input(input_shape)
        model = keras.Model(image, layers.Dense(num_classes)(layers.GlobalMaxPooling2D()(Block()(image))))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M02-13r", loses=["v7_architecture"], file="vision.py")
class as_many_parameters_in_words_alone:
    """The feature maps are flattened, and the model says of itself that it has always as many parameters."""

    import keras
    from keras import layers

    class Net(keras.Model):
        def count_params(self):
            return 999

        def get_weights(self):
            return [np.zeros(999)] if self.input_shape[1] == 24 else super().get_weights()

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        image = keras.Input(input_shape)
        h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)
        h = layers.MaxPooling2D(2)(h)
        h = layers.Add()([h, layers.Conv2D(8, 3, padding="same")(h)])
        model = Net(image, layers.Dense(num_classes)(layers.Flatten()(h)))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model
