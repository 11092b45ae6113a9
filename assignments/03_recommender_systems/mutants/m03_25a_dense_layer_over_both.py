"""M03-25a: a Dense layer over the concatenated vectors in the place of an inner product.

file: recsys.py
loses: r7_example, r7_architecture
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    h = layers.Dense(16, activation="relu")(layers.Concatenate()([p, q]))
    return Model([user_id, item_id], layers.Dense(1)(h))
