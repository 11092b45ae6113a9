"""Accepted: Keras at the top; the positions of N6, two blocks that normalise first, `h + path`, dropout, logits, SGD.

file: nlp.py
loses:
"""

import keras
from keras import layers as L


def block(h, d):
    normed = L.LayerNormalization()(h)
    h = h + L.Dropout(0.05)(L.MultiHeadAttention(2, d)(normed, normed))
    inner = L.Dense(4 * d, activation="gelu")(L.LayerNormalization()(h))
    return h + L.Dense(d)(inner)


def build_reverser(vocab, T, d=32):
    inputs = keras.Input(shape=(T,), dtype="int32")
    h = L.Embedding(vocab, d)(inputs) + positional_encoding(T, d).astype("float32")
    for _ in range(2):
        h = block(h, d)
    model = keras.Model(inputs, L.Dense(vocab)(L.LayerNormalization()(h)))
    model.compile(
        keras.optimizers.SGD(0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
