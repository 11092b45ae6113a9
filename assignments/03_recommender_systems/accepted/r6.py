"""Other right answers: in-batch softmax."""

from autograder.rubric import accepted


@accepted("softmax_then_logarithm")
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """"Subtract the largest logit of each row before the exponential", and nothing more: then the
    logarithm of the softmax.
    """
    logits = np.dot(U, V.T) / temperature
    if log_q is not None:
        logits -= log_q
    logits -= np.max(logits, axis=1, keepdims=True)
    p = np.exp(logits)
    p /= np.sum(p, axis=1, keepdims=True)
    rows = np.arange(len(U))
    loss = -np.mean(np.log(p[rows, rows]))
    p[rows, rows] -= 1
    p /= len(U) * temperature
    return loss, p @ V, p.T @ U


@accepted("probabilities_divided_by_q")
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The correction as a division by q under the sum; one user after the other."""
    B, q = U.shape[0], np.ones(len(U)) if log_q is None else np.exp(log_q)
    loss, dU, dV = 0.0, np.zeros_like(U), np.zeros_like(V)
    for b in range(B):
        s = V @ U[b] / temperature
        weight = np.exp(s - s.max()) / q
        share = weight / weight.sum()
        loss += -np.log(share[b]) / B
        g = (share - (np.arange(B) == b)) / (B * temperature)
        dU[b] = g @ V
        dV += np.outer(g, U[b])
    return np.array([loss]), dU, dV
