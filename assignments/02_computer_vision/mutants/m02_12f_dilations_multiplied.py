"""M02-12f The receptive field is the product of the layers.

file: vision.py
loses: v8_causality
"""


def receptive_field(kernel, dilations):
    return kernel ** len(dilations)
