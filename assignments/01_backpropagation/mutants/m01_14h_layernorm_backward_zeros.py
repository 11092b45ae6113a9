"""M01-14: an unfinished function returns zeros: layernorm_backward.

file: layers.py
loses: b5_example_backward, b5_backward
"""


def layernorm_backward(dout, cache):
    D = dout.shape[1]
    return np.zeros_like(dout), np.zeros(D), np.zeros(D)
