"""M01-14: an unfinished function returns zeros: batchnorm_backward.

file: layers.py
loses: b4_example_backward, b4_backward, b4_properties
"""


def batchnorm_backward(dout, cache):
    D = dout.shape[1]
    return np.zeros_like(dout), np.zeros(D), np.zeros(D)
