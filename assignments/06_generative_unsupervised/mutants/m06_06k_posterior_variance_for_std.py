"""M06-6: the variance of the posterior is returned.

file: generative.py
loses: g4_example_back, g4_posterior, g4_bayes
"""


_q_posterior = q_posterior


def q_posterior(x0, x_t, t, sched):
    mean, std = _q_posterior(x0, x_t, t, sched)
    return mean, std**2
