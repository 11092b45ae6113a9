"""M03-25c: the vectors are normalised: the cosine in the place of the inner product.

file: recsys.py
loses: r7_architecture
"""


def build_two_tower(n_users, n_items, dim):
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1, normalize=True)([p, q]))
