"""M04-12a Probabilities instead of logarithms: those of 400 frames underflow.

file: nlp.py
loses: n7_long
"""


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = np.exp(log_probs[:T, b, states])
        alpha = prefixes(y, states)
        beta = prefixes(y[::-1, ::-1], states[::-1])[::-1, ::-1]
        p = alpha[-1, -2:].sum()
        loss[b] = -np.log(p) if p > 0 else np.inf
        if p > 0:
            np.subtract.at(grad[:T, b], (slice(None), states), alpha * beta / y / p)
    return loss, grad


def prefixes(y, states):
    alpha = np.zeros_like(y)
    alpha[0, :2] = y[0, :2]
    may_skip = np.concatenate([[0, 0], states[2:] != states[:-2]])[: len(states)]
    for t in range(1, len(y)):
        before = np.concatenate([[0, 0], alpha[t - 1]])
        alpha[t] = (before[2:] + before[1:-1] + may_skip * before[:-2]) * y[t]
    return alpha
