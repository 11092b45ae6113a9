"""M05-12: init_weights draws uniform numbers up to the standard deviation, without the root of 3.

file: theory.py
loses: o6_example_init, o6_example_propagate, o6_variance, o6_propagate
"""


def init_weights(fan_in, fan_out, mode, rng):
    bound = np.sqrt({"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode])
    return rng.uniform(-bound, bound, (fan_in, fan_out))
