"""Accepted: caches that are closures or objects; windows by as_strided and a sum by einsum; gamma of group normalisation (C,) alone.

file: layers.py
loses:
"""


class Remembered:
    def __init__(self, **values):
        self.__dict__.update(values)


_forward, _backward, _pool, _unpool = conv_forward_naive, conv_backward_naive, max_pool_forward_naive, max_pool_backward_naive


def conv_forward_naive(x, w, b, conv_param):
    out, cache = _forward(x, w, b, conv_param)
    return out, lambda dout: _backward(dout, cache)


def conv_backward_naive(dout, cache):
    return cache(dout)


def max_pool_forward_naive(x, pool_param):
    out, cache = _pool(x, pool_param)
    return out, Remembered(inner=cache)


def max_pool_backward_naive(dout, cache):
    return _unpool(dout, cache.inner)


def conv_forward_im2col(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    N, C, H, W = xp.shape
    HH, WW = w.shape[2:]
    shape = (N, C, (H - HH) // s + 1, (W - WW) // s + 1, HH, WW)
    n, c, h, v = xp.strides
    windows = np.lib.stride_tricks.as_strided(xp, shape, (n, c, s * h, s * v, h, v))
    return np.einsum("nchwij,fcij->nfhw", windows, w, optimize=True) + b[:, None, None], None


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
