"""M06-9: sample goes from 0 to T - 1.

file: generative.py
loses: g5_loop, g5_mixture
"""


def sample(eps_model, shape, sched, rng):
    x = rng.standard_normal(shape)
    for t in range(len(sched["betas"])):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
