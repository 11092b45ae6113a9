"""M04-23d The logarithm of a probability of at least 1e-12.

file: rnn_layers.py
loses: n4_stable
"""


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = np.log(np.maximum(p, 1e-12))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx
