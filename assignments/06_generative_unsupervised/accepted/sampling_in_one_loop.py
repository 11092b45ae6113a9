"""Accepted: sample has its own loop, asks with an array of steps, and draws with normal(size=...).

file: generative.py
loses:
"""


def p_sample(x_t, t, eps_model, sched, rng):
    a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
    eps = eps_model(x_t, np.full((x_t.shape[0],), t))
    mean = (x_t - (1 - a) / np.sqrt(1 - bar) * eps) / np.sqrt(a)
    if t > 0:
        mean = mean + rng.normal(0.0, np.sqrt(1 - a), x_t.shape)
    return mean


def sample(eps_model, shape, sched, rng):
    x = rng.normal(size=shape)
    T = len(sched["alphas"])
    for i in range(T):
        t = T - 1 - i
        a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
        z = rng.normal(loc=0, scale=1, size=shape) if t else np.zeros(shape)
        x = (x - (1 - a) / np.sqrt(1 - bar) * eps_model(x, t * np.ones(shape[0], dtype=int))) / np.sqrt(a) + np.sqrt(1 - a) * z
    return x
