"""Functions that meet a grader's other ways: plain asserts, provided functions, callbacks, loans, and training.

N samples, D features, K held out samples.
"""

import numpy as np


def greet(name):
    """Return a greeting, one line per letter of the name."""
    # TODO: write greet.
    raise NotImplementedError("greet: not written yet")


def rows(x):
    """Return the rows of an array of shape (N, D) as a list, each divided by its sum."""
    # TODO: write rows.
    raise NotImplementedError("rows: not written yet")


def pair(x):
    """Return an array and its negative."""
    # TODO: write pair.
    raise NotImplementedError("pair: not written yet")


def predict(x, w):
    """Return predictions of shape (N,)."""
    # TODO: write predict.
    raise NotImplementedError("predict: not written yet")


def loss(x, y, w):
    """Return the mean squared error of `predict`."""
    # TODO: write loss.
    raise NotImplementedError("loss: not written yet")


def gradient(x, y, w):
    """Return the gradient of the loss with respect to w, shape (D,)."""
    # TODO: write gradient.
    raise NotImplementedError("gradient: not written yet")


def relay(box, ask):
    """Return what ``ask`` says of a box that one cannot look into."""
    # TODO: write relay.
    raise NotImplementedError("relay: not written yet")


def train(x, y, held, steps):
    """Descend for some steps of length 0.1; return w, the loss before each step, and predictions for what is held out."""
    # TODO: write train.
    raise NotImplementedError("train: not written yet")
