"""M04-6c The mask is not applied to dx.

file: rnn_layers.py
loses: n4_gradient
"""


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx / N
    return loss, dx
