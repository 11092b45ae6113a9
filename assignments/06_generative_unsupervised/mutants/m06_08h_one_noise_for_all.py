"""M06-8: all examples get the same noise.

file: generative.py
loses: g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal((1, x_t.shape[1])) if t > 0 else mean
