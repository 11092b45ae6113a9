"""M01-14: an unfinished function returns zeros: affine_forward.

file: layers.py
loses: b1_example_forward, b1_forward_values, b1_gradient, b1_safe, b7_training
"""


def affine_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    return out, (x, w, b)
