"""Honest: answers with views of a buffer that the next call writes over."""

import numpy as np

BUFFER = np.zeros(1000)


def affine_forward(x, w, b):
    out = BUFFER[: x.shape[0] * w.shape[1]].reshape(x.shape[0], w.shape[1])
    np.matmul(x, w, out=out)
    out += b
    return out, (x, w, b)


def softmax(z):
    p = BUFFER[: z.size].reshape(z.shape)
    np.exp(z - z.max(axis=1, keepdims=True), out=p)
    p /= p.sum(axis=1, keepdims=True)
    return p
