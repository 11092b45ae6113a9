"""Other right answers: Two towers in Keras."""

from autograder.rubric import accepted


@accepted("towers_in_a_class")
def build_two_tower(n_users, n_items, dim):
    """A subclass of keras.Model, whose weights exist after its first call, and scores of shape (B,)."""
    import keras

    class TwoTower(keras.Model):
        def __init__(self):
            super().__init__()
            self.items = keras.layers.Embedding(n_items, dim, name="items")
            self.users = keras.layers.Embedding(n_users, dim, name="users")

        def call(self, inputs):
            user_id, item_id = inputs
            return keras.ops.sum(self.users(user_id) * self.items(item_id), axis=-1)

    model = TwoTower()
    model([np.zeros(1, dtype="int32"), np.zeros(1, dtype="int32")])
    return model


@accepted("towers_with_biases")
class towers_with_biases:
    """Keras at the top, ids of shape (1,), biases of users and items, a little regularisation,
    other initial numbers.
    """

    import keras
    from keras import layers

    def build_two_tower(n_users, n_items, dim):
        user, item = keras.Input(shape=(1,), dtype="int64"), keras.Input(shape=(1,), dtype="int64")
        options = {"embeddings_initializer": keras.initializers.RandomNormal(0.0, 0.1), "embeddings_regularizer": keras.regularizers.L2(1e-6)}
        p = layers.Flatten()(layers.Embedding(n_users, dim, **options)(user))
        q = layers.Flatten()(layers.Embedding(n_items, dim, **options)(item))
        b = layers.Flatten()(layers.Embedding(n_users, 1)(user))
        c = layers.Flatten()(layers.Embedding(n_items, 1)(item))
        model = keras.Model([user, item], layers.Add()([layers.Dot(axes=1)([p, q]), b, c]))
        model.compile(loss="mse", optimizer="sgd")
        return model


@accepted("towers_in_a_layer")
class towers_in_a_layer:
    """One layer of one's own holds both tables as weights."""

    import keras

    class TwoTables(keras.layers.Layer):
        def __init__(self, n_users, n_items, dim):
            super().__init__()
            small = keras.initializers.RandomUniform(-0.05, 0.05)
            self.p = self.add_weight(shape=(n_users, dim), initializer=small, name="p")
            self.q = self.add_weight(shape=(n_items, dim), initializer=small, name="q")

        def call(self, inputs):
            u, i = inputs
            return keras.ops.sum(keras.ops.take(self.p, u, axis=0) * keras.ops.take(self.q, i, axis=0), axis=-1)

    def build_two_tower(n_users, n_items, dim):
        pair = [keras.Input(shape=(), dtype="int32"), keras.Input(shape=(), dtype="int32")]
        return keras.Model(pair, TwoTables(n_users, n_items, dim)(pair))


@accepted("towers_with_a_bias_for_all")
def build_two_tower(n_users, n_items, dim):
    """"Biases are welcome, one per user and one per item (and a single one for all, if you like)"."""
    import keras
    from keras import layers, ops

    class Offset(layers.Layer):
        def build(self, shape):
            self.offset = self.add_weight(shape=(), initializer="zeros")

        def call(self, x):
            return x + self.offset

    u, i = keras.Input((1,), dtype="int32"), keras.Input((1,), dtype="int32")
    p, q = layers.Embedding(n_users, dim)(u), layers.Embedding(n_items, dim)(i)
    b, c = layers.Embedding(n_users, 1)(u), layers.Embedding(n_items, 1)(i)
    score = ops.sum(layers.multiply([p, q]), axis=-1)
    return keras.Model([u, i], Offset()(score + ops.squeeze(b, -1) + ops.squeeze(c, -1)))
