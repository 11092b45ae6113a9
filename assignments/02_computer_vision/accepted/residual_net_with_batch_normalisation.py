"""Accepted: batch normalisation, average pooling, `h + path`, logits, one block a model of its own, Keras imported at the top.

file: vision.py
loses:
"""

import keras
from keras import layers as L

Conv = L.Conv2D


def block(filters, channels):
    inner = keras.Input((None, None, channels))
    path = L.BatchNormalization()(Conv(filters, 3, padding="same", use_bias=False)(inner))
    path = L.BatchNormalization()(Conv(filters, 3, padding="same", use_bias=False)(L.ReLU()(path)))
    return keras.Model(inner, path)


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    inputs = keras.Input(shape=input_shape)
    h = L.ReLU()(L.BatchNormalization()(Conv(8, 5, padding="same")(inputs)))
    h = L.MaxPooling2D()(h)
    h = L.ReLU()(h + block(8, 8)(h))
    h = L.GlobalAveragePooling2D()(h)
    model = keras.Model(inputs, L.Dense(num_classes)(h))
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model
