"""M05-12: init_weights draws uniform numbers of the right variance, where normal ones are asked for.

file: theory.py
loses: o6_variance
"""


def init_weights(fan_in, fan_out, mode, rng):
    bound = np.sqrt(3 * {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode])
    return rng.uniform(-bound, bound, (fan_in, fan_out))
