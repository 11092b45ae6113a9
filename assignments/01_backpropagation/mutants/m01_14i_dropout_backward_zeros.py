"""M01-14: an unfinished function returns zeros: dropout_backward.

file: layers.py
loses: b6_values
"""


def dropout_backward(dout, cache):
    return np.zeros_like(dout)
