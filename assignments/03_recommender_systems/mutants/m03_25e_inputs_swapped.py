"""M03-25e: the model takes the item first.

file: recsys.py
loses: r7_example, r7_architecture, r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([item_id, user_id], layers.Dot(axes=1)([p, q]))
