"""M03-25d: the ids themselves go into Dense layers: an id is taken for a size.

file: recsys.py
loses: r7_example, r7_architecture, r7_training
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((1,)), Input((1,))
    p, q = layers.Dense(dim)(user_id), layers.Dense(dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))
