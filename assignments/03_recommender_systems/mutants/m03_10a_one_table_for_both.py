"""M03-10a: users and items share one embedding.

file: recsys.py
loses: r7_example, r7_architecture, r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    table = layers.Embedding(max(n_users, n_items), dim)
    return Model([user_id, item_id], layers.Dot(axes=1)([table(user_id), table(item_id)]))
