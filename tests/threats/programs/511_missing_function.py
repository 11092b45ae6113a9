"""Honest: one function is not there yet."""


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
