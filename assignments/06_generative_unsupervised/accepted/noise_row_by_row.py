"""Accepted: the noise of every example is drawn by itself.

file: generative.py
loses:
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = (sched[name][t] for name in ("betas", "alphas", "alphas_cumprod"))
    eps = eps_model(x_t, t)
    out = np.empty(x_t.shape)
    for i in range(len(x_t)):
        out[i] = (x_t[i] - beta * eps[i] / np.sqrt(1 - kept)) / np.sqrt(alpha)
        if t != 0:
            out[i] += np.sqrt(beta) * rng.standard_normal(x_t.shape[1])
    return out


def sample(eps_model, shape, sched, rng):
    x = rng.standard_normal(size=shape)
    for t in range(len(sched["betas"]))[::-1]:
        x = p_sample(x, t, eps_model, sched, rng)
    return x
