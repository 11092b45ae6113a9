"""M01-14: an unfinished function returns zeros: relu_forward.

file: layers.py
loses: b2_example_forward, b2_values, b2_gradient, b2_safe, b7_training
"""


def relu_forward(x):
    return np.zeros_like(x), x
