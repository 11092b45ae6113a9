"""M06-9: sample makes a new, unseeded generator in every call.

file: generative.py
loses: g5_example, g5_loop
"""


def sample(eps_model, shape, sched, rng):
    rng = np.random.default_rng()
    x = rng.standard_normal(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
