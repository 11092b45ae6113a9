"""Accepted: an optional function that returns None was not attempted.

file: layers.py
loses:
"""


def batchnorm_backward_alt(dout, cache):
    dx, dgamma, dbeta = None, None, None
    return dx, dgamma, dbeta
