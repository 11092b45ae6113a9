"""M06-1: the data are centred by their own mean, not by the one that is given.

file: generative.py
loses: g1_reconstruct
"""


def reconstruct(X, components, mean):
    return mean + (X - X.mean(axis=0)) @ components.T @ components
