"""Accepted: Keras imported at the top, batch normalisation, `h + path`, logits; a tiny number in the place of no area; codes that round down.

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


def box_iou(a, b):
    low, high = np.maximum(a[:, np.newaxis, :2], b[np.newaxis, :, :2]), np.minimum(a[:, np.newaxis, 2:], b[np.newaxis, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    union = np.prod(a[:, 2:] - a[:, :2], axis=1)[:, None] + np.prod(b[:, 2:] - b[:, :2], axis=1) - inter
    return inter / np.maximum(union, 1e-16)


def mulaw_encode(x, mu=255):
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.ceil((y + 1) / 2 * mu - 0.5).astype(np.int16)
