"""M06-1: the mean is added to data of which it was never taken away.

file: generative.py
loses: g1_example, g1_reconstruct, g1_properties
"""


def reconstruct(X, components, mean):
    return mean + X @ components.T @ components
