"""Accepted: a result may be a view of a buffer that the next call overwrites.

file: layers.py
loses:
"""


_buffers = {}


def _buffer(name, shape):
    return _buffers.setdefault((name, shape), np.zeros(shape))


def affine_forward(x, w, b):
    out = _buffer("out", (x.shape[0], w.shape[1]))
    np.dot(x.reshape(x.shape[0], -1), w, out=out)
    out += b
    return out[:], (x, w, b)


def relu_backward(dout, cache):
    dx = _buffer("relu", dout.shape)
    np.multiply(dout, cache > 0, out=dx)
    return dx
