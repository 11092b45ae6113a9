"""Accepted: a subclass of keras.Model, whose weights exist after its first call, and scores of shape (B,).

file: recsys.py
loses:
"""


def build_two_tower(n_users, n_items, dim):
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
