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
