"""M06-8: sample begins with uniform numbers.

file: generative.py
loses: g5_loop
"""


def sample(eps_model, shape, sched, rng):
    x = 2 * np.asarray(rng.standard_normal(shape) > 0) - 1.0
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
