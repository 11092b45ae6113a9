"""M03-25k: close vectors match: minus the squared distance.

file: recsys.py
loses: r7_architecture
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    d = layers.Subtract()([p, q])
    return Model([user_id, item_id], -layers.Dot(axes=1)([d, d]))
