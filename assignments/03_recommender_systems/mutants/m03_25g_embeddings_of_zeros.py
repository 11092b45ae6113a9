"""M03-25g: the vectors begin at zero, where the gradient of an inner product is zero.

file: recsys.py
loses: r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim, embeddings_initializer="zeros")(user_id)
    q = layers.Embedding(n_items, dim, embeddings_initializer="zeros")(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
