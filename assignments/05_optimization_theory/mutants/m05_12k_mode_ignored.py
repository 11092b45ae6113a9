"""M05-12: propagate_variance always draws he's weights.

file: theory.py
loses: o6_example_propagate, o6_propagate
"""


_propagate = propagate_variance


def propagate_variance(depth, width, mode, act, n, seed):
    return _propagate(depth, width, "he", act, n, seed)
