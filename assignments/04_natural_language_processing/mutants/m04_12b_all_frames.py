"""M04-12b input_lengths is ignored.

file: nlp.py
loses: n7_values, n7_gradient, n7_properties
"""


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        T = len(log_probs)
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad
