"""M01-14: an unfinished function returns zeros: relu_backward.

file: layers.py
loses: b2_example_backward, b2_values, b2_gradient, b2_safe, b7_training
"""


def relu_backward(dout, cache):
    return np.zeros_like(dout)
