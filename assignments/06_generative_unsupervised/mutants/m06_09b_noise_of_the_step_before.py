"""M06-9: the noise is that of the step before, which for t = 0 is the last one.

file: generative.py
loses: g5_example, g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(sched["betas"][t - 1]) * rng.standard_normal(x_t.shape)
