"""Accepted: batchnorm_backward_alt is optional.

file: layers.py
loses:
"""


def batchnorm_backward_alt(dout, cache):
    raise NotImplementedError("no time left")
