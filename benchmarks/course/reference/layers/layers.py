"""Layers of a classifier, and the classifier in Keras.

N samples, D features, H hidden units, C classes; arrays are float64 unless said otherwise.
"""

import numpy as np


def affine_forward(x, w, b):
    """Compute an affine layer.

    Parameters
    ----------
    x : (N, D)
    w : (D, C)
    b : (C,)

    Returns
    -------
    out : (N, C)
        x @ w + b.
    cache : tuple
        What `affine_backward` needs.
    """
    # BEGIN SOLUTION
    return x @ w + b, (x, w)
    # END SOLUTION


def affine_backward(dout, cache):
    """Compute the gradients of an affine layer.

    Parameters
    ----------
    dout : (N, C)
        Gradient of the loss with respect to the layer's output.
    cache : tuple
        Of `affine_forward`.

    Returns
    -------
    dx : (N, D)
    dw : (D, C)
    db : (C,)
    """
    # BEGIN SOLUTION
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
    # END SOLUTION


def relu_backward(dout, x):
    """Compute the gradient of max(x, 0), shape of `x`; 0 where `x` is 0."""
    # BEGIN SOLUTION
    return dout * (x > 0)
    # END SOLUTION


def softmax(z):
    """Compute probabilities of shape (N, C) from scores; stable for scores of any size."""
    # BEGIN SOLUTION
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


def softmax_loss(z, y):
    """Compute the mean cross-entropy of scores.

    Parameters
    ----------
    z : (N, C)
    y : (N,) of int
        The right classes.

    Returns
    -------
    loss : float
    dz : (N, C)
        Its gradient.
    """
    # BEGIN SOLUTION
    rows = np.arange(len(y))
    p = softmax(z)
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)
    # END SOLUTION


def build_classifier(features, hidden, classes):
    """Build and compile a Keras classifier: tanh in the hidden layer, softmax at the end, integer labels."""
    # BEGIN SOLUTION
    import keras

    model = keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    return model
    # END SOLUTION
