"""M01-14: an unfinished function returns zeros: affine_backward.

file: layers.py
loses: b1_example_backward, b1_backward_values, b1_gradient, b1_safe, b7_training
"""


def affine_backward(dout, cache):
    x, w, b = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
