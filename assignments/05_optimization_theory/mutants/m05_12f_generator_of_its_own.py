"""M05-12: init_weights makes a generator of its own, the same in every call.

file: theory.py
loses: o6_rng
"""


_init = init_weights


def init_weights(fan_in, fan_out, mode, rng):
    return _init(fan_in, fan_out, mode, np.random.default_rng(0))
