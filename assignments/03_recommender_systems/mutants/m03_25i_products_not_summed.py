"""M03-25i: the products of the coordinates are returned, and not summed.

file: recsys.py
loses: r7_example, r7_architecture, r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([user_id, item_id], layers.Multiply()([p, q]))
