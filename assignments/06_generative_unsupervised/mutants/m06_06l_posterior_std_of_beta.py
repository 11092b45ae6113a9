"""M06-6: the standard deviation of the posterior is the root of beta.

file: generative.py
loses: g4_example_back, g4_posterior, g4_bayes
"""


_q_posterior = q_posterior


def q_posterior(x0, x_t, t, sched):
    return _q_posterior(x0, x_t, t, sched)[0], np.sqrt(sched["betas"][t])[:, None]
