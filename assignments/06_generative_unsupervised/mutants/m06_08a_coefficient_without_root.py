"""M06-8: the coefficient is beta / (1 - alpha-bar).

file: generative.py
loses: g5_example, g5_mean, g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / (1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean
