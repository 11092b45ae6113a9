"""M02-12e The receptive field does not count the present.

file: vision.py
loses: v8_example_convolution, v8_causality
"""


def receptive_field(kernel, dilations):
    return (kernel - 1) * sum(dilations)
