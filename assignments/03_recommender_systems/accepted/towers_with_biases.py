"""Accepted: Keras at the top, ids of shape (1,), biases of users and items, a little regularisation, other initial numbers.

file: recsys.py
loses:
"""

import keras
from keras import layers


def build_two_tower(n_users, n_items, dim):
    user, item = keras.Input(shape=(1,), dtype="int64"), keras.Input(shape=(1,), dtype="int64")
    options = {"embeddings_initializer": keras.initializers.RandomNormal(0.0, 0.1), "embeddings_regularizer": keras.regularizers.L2(1e-6)}
    p = layers.Flatten()(layers.Embedding(n_users, dim, **options)(user))
    q = layers.Flatten()(layers.Embedding(n_items, dim, **options)(item))
    b = layers.Flatten()(layers.Embedding(n_users, 1)(user))
    c = layers.Flatten()(layers.Embedding(n_items, 1)(item))
    model = keras.Model([user, item], layers.Add()([layers.Dot(axes=1)([p, q]), b, c]))
    model.compile(loss="mse", optimizer="sgd")
    return model
