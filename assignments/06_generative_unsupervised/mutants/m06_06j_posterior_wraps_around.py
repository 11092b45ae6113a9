"""M06-6: the step before the first one is index -1, the last one.

file: generative.py
loses: g4_example_back, g4_posterior, g4_bayes
"""


def q_posterior(x0, x_t, t, sched):
    kept, before = sched["alphas_cumprod"][t][:, None], sched["alphas_cumprod"][t - 1][:, None]
    beta, alpha = sched["betas"][t][:, None], sched["alphas"][t][:, None]
    mean = (np.sqrt(before) * beta * x0 + np.sqrt(alpha) * (1 - before) * x_t) / (1 - kept)
    return mean, np.sqrt(np.abs(beta * (1 - before) / (1 - kept)))
