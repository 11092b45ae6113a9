"""M06-9: sample stops before step 0.

file: generative.py
loses: g5_example, g5_loop
"""


def sample(eps_model, shape, sched, rng):
    x = rng.standard_normal(shape)
    for t in range(len(sched["betas"]) - 1, 0, -1):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
