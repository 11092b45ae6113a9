"""Accepted: CTC in probabilities that are scaled anew at every frame; decoding by groupby, into tuples.

file: nlp.py
loses:
"""

from itertools import groupby


def scaled_prefixes(y, z):
    alpha, log_scale = np.zeros(y.shape), np.zeros(len(y))
    for t in range(len(y)):
        if t == 0:
            alpha[0, :2] = y[0, :2]
        else:
            alpha[t] = alpha[t - 1]
            alpha[t, 1:] += alpha[t - 1, :-1]
            alpha[t, 2:] += np.where(z[2:] != z[:-2], alpha[t - 1, :-2], 0)
            alpha[t] *= y[t]
        total = alpha[t].sum()
        if total == 0:
            return None, None
        alpha[t] /= total
        log_scale[t] = np.log(total)
    return alpha, log_scale


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    T, B, C = log_probs.shape
    loss, grad = np.full(B, np.inf), np.zeros((T, B, C))
    for b in range(B):
        n, L = int(input_lengths[b]), int(target_lengths[b])
        z = np.array([blank] + [one for label in targets[b, :L] for one in (label, blank)])
        y = np.exp(log_probs[:n, b][:, z])
        alpha, scale = scaled_prefixes(y, z)
        beta, _ = scaled_prefixes(y[::-1, ::-1], z[::-1])
        if alpha is None or beta is None or alpha[-1, -2:].sum() == 0:
            continue
        loss[b] = -(scale.sum() + np.log(alpha[-1, -2:].sum()))
        gamma = alpha * beta[::-1, ::-1] / y
        gamma /= gamma.sum(axis=1, keepdims=True)
        grad[:n, b] = -gamma @ np.eye(C)[z]
    return loss, grad


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    paths = np.argmax(log_probs, axis=-1)
    return [
        tuple(label for label, _ in groupby(paths[:T, b].tolist()) if label != blank)
        for b, T in enumerate(input_lengths)
    ]
