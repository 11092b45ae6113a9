"""M03-10c: the tables have a row more than there are ids, as if these began at 1.

file: recsys.py
loses: r7_example, r7_architecture
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users + 1, dim)(user_id)
    q = layers.Embedding(n_items + 1, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
