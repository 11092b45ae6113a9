"""Honest: nothing is done yet; one function says so, the other returns nothing."""


def affine_forward(x, w, b):
    raise NotImplementedError


def softmax(z):
    pass
