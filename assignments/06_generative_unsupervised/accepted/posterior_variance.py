"""Accepted: p_sample by way of x0 and the posterior, with its variance.

file: generative.py
loses:
"""


def p_sample(x_t, t, eps_model, sched, rng):
    steps = np.full(len(x_t), t)
    x0 = predict_start_from_noise(x_t, steps, eps_model(x_t, t), sched)
    mean, std = q_posterior(x0, x_t, steps, sched)
    return mean + std * rng.standard_normal(x_t.shape)  # std is 0 at t = 0
