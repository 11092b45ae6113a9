"""M03-25j: the vectors have ten numbers, whatever dim is.

file: recsys.py
loses: r7_example, r7_architecture
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, 10)(user_id)
    q = layers.Embedding(n_items, 10)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
