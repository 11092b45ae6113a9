"""M06-8: the coefficient is beta.

file: generative.py
loses: g5_example, g5_mean, g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha = sched["betas"][t], sched["alphas"][t]
    mean = (x_t - beta * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean
