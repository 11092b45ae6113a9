"""M05-12: init_weights multiplies by the variance instead of its root.

file: theory.py
loses: o6_example_init, o6_example_propagate, o6_variance, o6_propagate
"""


def init_weights(fan_in, fan_out, mode, rng):
    variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode]
    return variance * rng.standard_normal((fan_in, fan_out))
