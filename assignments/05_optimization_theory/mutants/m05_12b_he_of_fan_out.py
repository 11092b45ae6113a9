"""M05-12: he divides by fan_out.

file: theory.py
loses: o6_example_init, o6_variance
"""


def init_weights(fan_in, fan_out, mode, rng):
    variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_out, "zeros": 0.0}[mode]
    return np.sqrt(variance) * rng.standard_normal((fan_in, fan_out))
