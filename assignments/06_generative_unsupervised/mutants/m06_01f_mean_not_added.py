"""M06-1: the mean is not added again.

file: generative.py
loses: g1_example, g1_reconstruct, g1_properties
"""


def reconstruct(X, components, mean):
    return (X - mean) @ components.T @ components
