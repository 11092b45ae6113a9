"""Accepted: a cache may be an object of any class, a closure or a dict.

file: layers.py
loses:
"""


class Remembered:
    def __init__(self, **values):
        self.__dict__.update(values)


_forward, _backward, _pool, _unpool = conv_forward_naive, conv_backward_naive, max_pool_forward_naive, max_pool_backward_naive


def conv_forward_naive(x, w, b, conv_param):
    out, cache = _forward(x, w, b, conv_param)
    return out, lambda dout: _backward(dout, cache)


def conv_backward_naive(dout, cache):
    return cache(dout)


def max_pool_forward_naive(x, pool_param):
    out, cache = _pool(x, pool_param)
    return out, Remembered(inner=cache)


def max_pool_backward_naive(dout, cache):
    return _unpool(dout, cache.inner)
