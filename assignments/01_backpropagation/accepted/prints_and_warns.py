"""Accepted: prints, warnings and logs while debugging cost nothing.

file: layers.py
loses:
"""


import logging
import sys
import warnings

_affine_forward, _relu_backward = affine_forward, relu_backward
print("layers.py loaded, good luck!")


def affine_forward(x, w, b):
    print("affine_forward", x.shape, w.shape, b.shape)
    warnings.warn("x has been reshaped", RuntimeWarning)
    return _affine_forward(x, w, b)


def relu_backward(dout, cache):
    print("dout", dout, file=sys.stderr)
    logging.warning("mean of dout %s", dout.mean())
    return _relu_backward(dout, cache)
