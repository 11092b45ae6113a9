"""Honest: a path of Windows with its backslashes."""

DATA = "C:\Users\student\data.npz"


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
