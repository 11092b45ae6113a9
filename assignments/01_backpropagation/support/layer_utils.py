"""Sandwich layers: pairs of layers that often stand together, made of the functions in your ``layers.py``.

You need not use them. Nothing here is graded.
"""

from layers import affine_backward, affine_forward, relu_backward, relu_forward


def affine_relu_forward(x, w, b):
    """Apply an affine layer and then a relu; shapes as in `affine_forward`."""
    before, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(before)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Carry a gradient back through `affine_relu_forward`."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)
