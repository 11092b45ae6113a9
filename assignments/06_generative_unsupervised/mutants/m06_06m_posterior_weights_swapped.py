"""M06-6: the weights of x0 and x_t change places.

file: generative.py
loses: g4_example_back, g4_posterior, g4_bayes
"""


_q_posterior = q_posterior


def q_posterior(x0, x_t, t, sched):
    return _q_posterior(x_t, x0, t, sched)
