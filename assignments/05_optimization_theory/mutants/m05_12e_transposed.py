"""M05-12: init_weights has one row per output.

file: theory.py
loses: o6_example_init, o6_variance, o6_rng
"""


_init = init_weights


def init_weights(fan_in, fan_out, mode, rng):
    return _init(fan_in, fan_out, mode, rng).T
