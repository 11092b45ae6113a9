"""M06-9: sample begins with zeros: after many steps nobody sees it.

file: generative.py
loses: g5_loop
"""


def sample(eps_model, shape, sched, rng):
    x = np.zeros(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
