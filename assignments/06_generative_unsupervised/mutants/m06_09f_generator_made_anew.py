"""M06-9: sample makes a generator of its own.

file: generative.py
loses: g5_loop
"""


def sample(eps_model, shape, sched, rng):
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
