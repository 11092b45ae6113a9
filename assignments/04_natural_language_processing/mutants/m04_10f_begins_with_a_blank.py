"""M04-10f Paths must begin with a blank.

file: nlp.py
loses: n7_values, n7_gradient, n7_properties, n7_long, n7_example_loss
"""


def _log_prefixes(y, states, blank):
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    alpha = np.full_like(y, -np.inf)
    alpha[0, :1] = y[0, :1]
    for t in range(1, len(y)):
        before = np.concatenate([[-np.inf, -np.inf], alpha[t - 1]])
        stay, step, skip = before[2:], before[1:-1], np.where(may_skip, before[:-2], -np.inf)
        alpha[t] = np.logaddexp(np.logaddexp(stay, step), skip) + y[t]
    return alpha
