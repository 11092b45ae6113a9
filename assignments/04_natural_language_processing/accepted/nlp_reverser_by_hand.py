"""Accepted: Attention written out with keras.ops in a model within the model; a layer of its own for positions; probabilities.

file: nlp.py
loses:
"""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("nlp")
class Positions(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=(shape[1], shape[2]), initializer="zeros", name="table")

    def call(self, h):
        return h + self.table


def attention_block(T, d):
    inner = keras.Input((T, d))
    q, k, v = (layers.Dense(d, use_bias=False)(inner) for _ in range(3))
    weights = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 2, 1))) / d**0.5, axis=-1)
    mixed = layers.Dense(d)(ops.matmul(weights, v))
    return keras.Model(inner, layers.add([inner, mixed]), name="attention_block")


def build_reverser(vocab, T, d=32):
    tokens = keras.Input((T,))
    h = Positions()(layers.Embedding(vocab, d)(tokens))
    h = attention_block(T, d)(h)
    h = layers.Dense(2 * d, activation="relu")(h)
    model = keras.Model(tokens, layers.Dense(vocab, activation="softmax")(h))
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
    return model
