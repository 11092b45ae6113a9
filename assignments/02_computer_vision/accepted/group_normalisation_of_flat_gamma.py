"""Accepted: gamma and beta of group normalisation are (C,), and so are their gradients.

file: layers.py
loses:
"""


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    x_hat, stds = np.zeros_like(x), np.zeros((N, C, 1, 1))
    if gamma.shape != (C,):
        raise ValueError("gamma must be (C,)")
    for n in range(N):
        for g in range(G):
            group = slice(g * C // G, (g + 1) * C // G)
            stds[n, group] = np.sqrt(x[n, group].var() + gn_param.get("eps", 1e-5))
            x_hat[n, group] = (x[n, group] - x[n, group].mean()) / stds[n, group]
    return x_hat * gamma[:, None, None] + beta[:, None, None], [x_hat, stds, gamma, G]


def spatial_groupnorm_backward(dout, cache):
    x_hat, stds, gamma, G = cache
    N, C, H, W = dout.shape
    d, dx = dout * gamma[:, None, None], np.zeros_like(dout)
    for n in range(N):
        for g in range(G):
            group = slice(g * C // G, (g + 1) * C // G)
            part, hat = d[n, group], x_hat[n, group]
            dx[n, group] = (part - part.mean() - hat * (part * hat).mean()) / stds[n, group]
    return dx, (dout * x_hat).sum((0, 2, 3)), dout.sum((0, 2, 3))
