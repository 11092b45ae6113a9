"""Other right answers: A first Keras model."""

from autograder.rubric import accepted


@accepted("a10_mlp_with_global_seed")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The seed is the global one of Keras; layers are added one by one, activations as layers of
    their own.
    """
    import tensorflow as tf
    from tensorflow.keras import layers

    if seed is not None:
        tf.keras.utils.set_random_seed(seed)
    model = tf.keras.models.Sequential(name="my_first_model")
    model.add(tf.keras.Input(shape=(input_dim,)))
    model.add(layers.Dense(hidden))
    model.add(layers.Activation("tanh"))
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@accepted("a11_mlp_with_seeded_initializers")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """Each layer has an initializer with the same seed; sparse cross-entropy as a function; plain SGD."""
    import keras
    from keras.initializers import HeNormal

    hidden_layer = keras.layers.Dense(hidden, activation=keras.ops.tanh, kernel_initializer=HeNormal(seed=seed))
    output_layer = keras.layers.Dense(
        num_classes, activation=keras.activations.softmax, kernel_initializer=HeNormal(seed=seed)
    )
    model = keras.models.Sequential([keras.layers.InputLayer(shape=(input_dim,)), hidden_layer, output_layer])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.sparse_categorical_crossentropy)
    return model


@accepted("a32_functional_mlp")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """A functional model; two seeds from one; the loss is a function of the student's own.

    "Compile it with any optimizer and the cross-entropy of *integer* labels".
    """
    import keras
    from keras import ops

    def cross_entropy(y_true, y_pred):
        labels = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), num_classes)
        return -ops.sum(labels * ops.log(ops.maximum(y_pred, 1e-7)), axis=-1)

    def start(offset):
        return keras.initializers.RandomUniform(-0.3, 0.3, seed=None if seed is None else 2 * seed + offset)

    inputs = keras.Input(shape=(input_dim,))
    h = keras.layers.Dense(hidden, kernel_initializer=start(0))(inputs)
    h = ops.tanh(h)
    outputs = keras.layers.Dense(num_classes, kernel_initializer=start(1))(h)
    model = keras.Model(inputs, ops.softmax(outputs, axis=-1))
    model.compile(keras.optimizers.Adagrad(), cross_entropy)
    return model


@accepted("a33_mlp_of_own_layers")
class a33_mlp_of_own_layers:
    """Layers of the student's own, the bias before the kernel and as a row; Keras at the top of the file.

    "you may import them at the top of the file or inside the functions, as you like".
    """

    import keras

    class Affine(keras.layers.Layer):
        def __init__(self, units, function, **more):
            super().__init__(**more)
            self.units, self.function = units, function

        def build(self, shape):
            self.b = self.add_weight(shape=(1, self.units), initializer="zeros", name="b")
            self.w = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_normal", name="w")

        def call(self, x):
            return self.function(keras.ops.matmul(x, self.w) + self.b)

    def build_mlp(input_dim, hidden, num_classes, seed=None):
        if seed is not None:
            keras.utils.set_random_seed(seed)
        model = keras.Sequential([Affine(hidden, keras.ops.tanh), Affine(num_classes, keras.activations.softmax)])
        model.build((None, input_dim))
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer="nadam", metrics=["acc"])
        return model


@accepted("a34_mlp_built_when_it_is_called")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """No input layer: the model has its weights when it meets a batch; a uniform kernel of LeCun."""
    import keras

    seeds = (None, None) if seed is None else (seed, seed + 1)
    starts = [keras.initializers.LecunUniform(seed=one) for one in seeds]
    model = keras.Sequential()
    model.add(keras.layers.Dense(units=hidden, activation="tanh", kernel_initializer=starts[0]))
    model.add(keras.layers.Dense(units=num_classes, activation="softmax", kernel_initializer=starts[1]))
    model.compile(optimizer=keras.optimizers.SGD(momentum=0.9), loss=keras.losses.SparseCategoricalCrossentropy())
    return model


@accepted("a35_mlp_as_a_model_class")
class a35_mlp_as_a_model_class:
    """A subclass of Model, with layers as attributes."""

    import keras

    class Net(keras.Model):
        def __init__(self, hidden, classes):
            super().__init__()
            self.first = keras.layers.Dense(hidden)
            self.last = keras.layers.Dense(classes)
            self.squash = keras.layers.Activation("tanh")

        def call(self, x):
            return keras.ops.softmax(self.last(self.squash(self.first(x))))

    def build_mlp(input_dim, hidden, num_classes, seed=None):
        if seed is not None:
            keras.utils.set_random_seed(seed)
        net = Net(hidden, num_classes)
        net(np.zeros((1, input_dim), "float32"))
        net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=False))
        return net


@accepted("a36_mlp_with_weights_of_numpy")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """The weights are drawn by NumPy and set by hand."""
    import keras

    rng = np.random.default_rng(seed)
    model = keras.Sequential(
        [
            keras.layers.InputLayer(shape=(input_dim,)),
            keras.layers.Dense(hidden, keras.activations.tanh),
            keras.layers.Dense(num_classes, keras.activations.softmax),
        ]
    )
    for layer in model.layers:
        kernel, bias = layer.get_weights()
        layer.set_weights([rng.normal(0, 0.2, kernel.shape), bias])
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    return model


@accepted("a45_mlp_with_other_layers")
def build_mlp(input_dim, hidden, num_classes, seed=None):
    """Layers that change no output: flattening, dropout; a convolution over one place; a penalty on weights."""
    import keras
    from keras import layers

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((input_dim,)),
            layers.Flatten(),
            layers.Reshape((1, input_dim)),
            layers.Conv1D(hidden, 1, activation="tanh"),
            layers.Reshape((hidden,)),
            layers.Dropout(0.1),
            layers.EinsumDense("nh,hc->nc", num_classes, bias_axes="c", kernel_regularizer="l2"),
            layers.Lambda(lambda z: keras.activations.softmax(z)),
        ]
    )
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer="adamw", metrics=["accuracy"])
    return model
