"""Keras models."""

import numpy as np
import keras
from keras import layers


def relu(x):
    """ReLU.

    x : array (N, D)
    """
    # BEGIN SOLUTION
    return np.maximum(x, 0)
    # END SOLUTION


def build_cnn(input_shape, num_classes):
    """Small CNN.

    Parameters
    ----------
    input_shape : tuple of int
        (height, width, channels)
    num_classes : int

    Returns
    -------
    keras.Model
    """
    # BEGIN SOLUTION
    return keras.Sequential([keras.Input(input_shape), layers.Conv2D(4, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")])
    # END SOLUTION


def build_mlp(input_dim: int, hidden: list[int], activation: str = "relu"):
    """MLP."""
    # BEGIN SOLUTION
    model = keras.Sequential([keras.Input((input_dim,))])
    for h in hidden:
        model.add(layers.Dense(h, activation=activation))
    model.add(layers.Dense(1))
    return model
    # END SOLUTION


def build_unbuilt(hidden: int):
    """Does not know its input."""
    # BEGIN SOLUTION
    return keras.Sequential([layers.Dense(hidden)])
    # END SOLUTION


def train(model, x, y, epochs):
    """Fit a model.

    model : keras.Model
    x : array (N, D)
    y : array (N,)
    epochs : int
    """
    # BEGIN SOLUTION
    model.compile("sgd", "mse")
    return model.fit(x, y, epochs=epochs, verbose=0)
    # END SOLUTION


def _scale(x):
    return keras.ops.convert_to_numpy(keras.ops.tanh(x))


def scaled(x):
    """tanh through a helper.

    x : float32 array of shape (N, D)
    """
    # BEGIN SOLUTION
    return _scale(x)
    # END SOLUTION

