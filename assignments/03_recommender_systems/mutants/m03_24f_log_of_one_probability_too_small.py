"""M03-24f: a tiny number in the logarithm stops the loss at 23.

file: recsys.py
loses: r6_properties
"""


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.log(np.diag(p) + 1e-10))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U
