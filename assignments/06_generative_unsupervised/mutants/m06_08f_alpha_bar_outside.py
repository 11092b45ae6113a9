"""M06-8: the division is by the root of alpha-bar: that is the guess of x0.

file: generative.py
loses: g5_mean, g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, kept = sched["betas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(kept)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean
