"""M03-10b: the tables have as many rows as the largest id says, one too few.

file: recsys.py
loses: r7_example, r7_architecture, r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users - 1, dim)(user_id)
    q = layers.Embedding(n_items - 1, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
