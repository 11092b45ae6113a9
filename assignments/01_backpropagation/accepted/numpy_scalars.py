"""Accepted: np.float64, 0-d arrays and lists of results are as good as float and tuple.

file: layers.py
loses:
"""


_softmax_loss, _affine_backward, _layernorm_backward = softmax_loss, affine_backward, layernorm_backward


def softmax_loss(x, y):
    loss, dx = _softmax_loss(x, y)
    return np.asarray(loss), dx


def affine_backward(dout, cache):
    return list(_affine_backward(dout, cache))


def layernorm_backward(dout, cache):
    return list(_layernorm_backward(dout, cache))
