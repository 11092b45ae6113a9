"""M04-6b Loss and gradient are divided by N times T.

file: rnn_layers.py
loses: n4_example, n4_values, n4_gradient
"""


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / (N * T)
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / (N * T)
    return loss, dx
