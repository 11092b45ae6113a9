"""M06-9: noise is added at t = 0, too.

file: generative.py
loses: g5_example, g5_noise
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape)
