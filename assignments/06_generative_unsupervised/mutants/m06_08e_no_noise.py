"""M06-8: no noise is added.

file: generative.py
loses: g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    return (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
