"""Honest: prints, warns and logs in every call, as one does while looking for a mistake."""

import logging
import sys
import warnings

import numpy as np

logging.basicConfig(level=logging.DEBUG)
print("loading", __name__, __file__)
warnings.warn("this is deprecated", DeprecationWarning, stacklevel=1)


def affine_forward(x, w, b):
    print("x", x, "w", w, "b", b)
    logging.getLogger("layers").debug("affine of %s and %s", x.shape, w.shape)
    warnings.warn("is this right?", RuntimeWarning, stacklevel=1)
    return x @ w + b, (x, w, b)


def softmax(z):
    print(z, file=sys.stderr)
    logging.getLogger("layers").info("softmax of %s", z.shape)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    print("sums", e.sum(axis=1))
    return e / e.sum(axis=1, keepdims=True)
