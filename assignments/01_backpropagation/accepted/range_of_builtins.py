"""Accepted: range from the package builtins, as in the CS231n starters, and unused imports of the standard library.

file: layers.py
loses:
"""


from builtins import object, range
import math, os, random, time


def dropout_backward(dout, cache):
    mode, mask = cache
    dx = None
    for _ in range(1):
        if mode == "train":
            dx = mask * dout
        elif mode == "test":
            dx = dout
    return dx
