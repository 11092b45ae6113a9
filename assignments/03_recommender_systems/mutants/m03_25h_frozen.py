"""M03-25h: the tables are not trainable.

file: recsys.py
loses: r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim, trainable=False)(user_id)
    q = layers.Embedding(n_items, dim, trainable=False)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
