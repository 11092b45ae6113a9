"""Answers with tensors of a framework that is not allowed, imported where it is used."""


def affine_forward(x, w, b):
    import tensorflow as tf

    return tf.constant(x) @ tf.constant(w) + tf.constant(b), (x, w, b)


def softmax(z):
    import numpy as np

    class Tensor:
        """What a framework's tensor looks like: recognised by the module of its class."""

        def __init__(self, array):
            self._array = array

        def numpy(self):
            return self._array

    Tensor.__module__ = "tensorflow.python.framework.ops"
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return Tensor(e / e.sum(axis=1, keepdims=True))
