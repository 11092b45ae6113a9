"""Other right answers: A residual network in Keras."""

from autograder.rubric import accepted


@accepted("a_block_as_a_layer_of_ones_own", file="vision.py")
class own_layer:
    """A residual block as the student's own keras.layers.Layer, as in Keras' own tutorials, in a Sequential model."""

    import keras

    class ResidualBlock(keras.layers.Layer):
        def __init__(self, filters, **options):
            super().__init__(**options)
            self.first = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")
            self.second = keras.layers.Conv2D(filters, 3, padding="same")

        def call(self, inputs):
            return keras.ops.relu(inputs + self.second(self.first(inputs)))

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        model = keras.Sequential(
            [
                keras.Input(input_shape),
                keras.layers.Conv2D(8, 5, padding="same", activation="relu"),
                keras.layers.MaxPooling2D(2),
                ResidualBlock(8),
                keras.layers.GlobalMaxPooling2D(),
                keras.layers.Dense(num_classes, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model


@accepted("own_layer_around_own_layers", file="vision.py")
class own_layers:
    """A block of the student's own in a functional model: built late, with a projection and batch normalisation."""

    from keras import Model, layers, losses, ops
    import keras

    class Unit(layers.Layer):
        def build(self, shape):
            self.conv = layers.Conv2D(shape[-1], 3, padding="same", use_bias=False)
            self.norm = layers.BatchNormalization()

        def call(self, x, training=False):
            return self.norm(self.conv(x), training=training)

    class Block(layers.Layer):
        def __init__(self, filters):
            super().__init__()
            self.around, self.steps = layers.Conv2D(filters, 1), [layers.Conv2D(filters, 3, padding="same"), Unit()]
            self.add = layers.Add()

        def call(self, x, training=False):
            path = ops.relu(self.steps[0](x))
            return ops.relu(self.add([self.around(x), self.steps[1](path, training=training)]))

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        image = keras.Input(input_shape)
        h = layers.Conv2D(6, 5, padding="same", activation="relu")(image)
        h = Block(10)(layers.MaxPooling2D()(h))
        model = Model(image, layers.Dense(num_classes)(layers.GlobalMaxPooling2D()(h)))
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@accepted("addition_of_ops_and_fewer_weights")
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """keras.ops.add, a maximum over the pixels by keras.ops, no biases: fewer arrays of weights than others have."""
    import keras
    from keras import layers, ops

    image = keras.Input(shape=input_shape, name="image")
    h = layers.Conv2D(10, 5, padding="same", use_bias=False)(image)
    h = layers.MaxPooling2D()(ops.relu(h))
    path = layers.Conv2D(10, 3, padding="same", use_bias=False)(h)
    h = ops.relu(ops.add(h, path))
    h = ops.max(h, axis=(1, 2))
    model = keras.Model(inputs=image, outputs=layers.Dense(num_classes, use_bias=False, activation="softmax")(h))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@accepted("bottlenecks_of_separable_convolutions")
def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """Two blocks, one with three paths, separable and strided convolutions, dropout: more arrays of weights than others have."""
    import keras
    from keras import layers

    def path(h, filters):
        p = layers.Conv2D(filters // 2, 1, activation="relu")(h)
        p = layers.DepthwiseConv2D(3, padding="same")(p)
        return layers.Conv2D(filters, 1)(p)

    image = keras.Input(input_shape)
    h = layers.Conv2D(12, 5, padding="same", activation="relu")(image)
    h = layers.MaxPool2D(2)(h)
    h = layers.ReLU()(layers.add([h, path(h, 12), layers.SeparableConv2D(12, 3, padding="same")(h)]))
    h = layers.LeakyReLU()(h + layers.SeparableConv2D(12, 3, padding="same")(h))
    h = layers.Dropout(0.05)(layers.GlobalMaxPool2D()(h))
    h = layers.Dense(16, activation="relu")(h)
    model = keras.models.Model(image, layers.Dense(num_classes, activation="softmax")(h))
    model.compile("nadam", "sparse_categorical_crossentropy")
    return model


@accepted("a_path_that_is_sequential", file="vision.py")
class sequential_path:
    """The path is a Sequential model, the activation and the loss are functions of the student's own."""

    import keras

    def swish(x):
        return x * keras.ops.sigmoid(x)

    def cross_entropy(y, logits):
        return keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)

    def build_cnn(input_shape=(16, 16, 1), num_classes=4):
        inputs = keras.Input(input_shape)
        h = keras.layers.Conv2D(10, 5, strides=2, padding="same", activation=swish)(inputs)
        path = keras.Sequential(
            [keras.layers.Conv2D(10, 3, padding="same", activation="relu"), keras.layers.Conv2D(10, 3, padding="same")]
        )
        h = keras.layers.Add()([path(h), h])
        h = keras.layers.GlobalMaxPooling2D()(keras.layers.Activation("relu")(h))
        model = keras.Model(inputs, keras.layers.Dense(num_classes)(h))
        model.compile(loss=cross_entropy, optimizer=keras.optimizers.Adam())
        return model
