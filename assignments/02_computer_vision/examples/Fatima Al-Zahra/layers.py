import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _windows(x, height, width, stride):
    """All windows of a (padded) batch: (N, C, H', W', height, width), without copying."""
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def _pad(x, p):
    return np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    win = _windows(_pad(x, p), w.shape[2], w.shape[3], s)
    out = np.einsum("nchwij,fcij->nfhw", win, w) + b.reshape(1, -1, 1, 1)
    return out, dict(x=x, w=w, s=s, p=p)


def conv_backward_naive(dout, cache):
    x, w, s, p = cache["x"], cache["w"], cache["s"], cache["p"]
    HH, WW = w.shape[2:]
    win = _windows(_pad(x, p), HH, WW, s)
    dw = np.einsum("nchwij,nfhw->fcij", win, dout)
    db = np.einsum("nfhw->f", dout)
    dpad = np.zeros_like(_pad(x, p))
    Ho, Wo = dout.shape[2:]
    for i in range(HH):          # one kernel pixel at a time
        for j in range(WW):
            dpad[:, :, i : i + s * Ho : s, j : j + s * Wo : s][:, :, :Ho, :Wo] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    H, W = x.shape[2:]
    return dpad[:, :, p : p + H, p : p + W], dw, db


def max_pool_forward_naive(x, pool_param):
    win = _windows(x, pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"])
    out = win.max(axis=(-1, -2))
    return out, (x, out, pool_param)


def max_pool_backward_naive(dout, cache):
    x, out, pool_param = cache
    s = pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            rows = slice(i * s, i * s + pool_param["pool_height"])
            cols = slice(j * s, j * s + pool_param["pool_width"])
            is_max = x[:, :, rows, cols] == out[:, :, i, j][:, :, None, None]
            dx[:, :, rows, cols] += is_max * dout[:, :, i, j][:, :, None, None]
    return dx


def conv_forward_im2col(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    win = _windows(_pad(x, p), w.shape[2], w.shape[3], s)
    out = np.tensordot(win, w, axes=[(1, 4, 5), (1, 2, 3)]) + b      # (N, H', W', F)
    return np.moveaxis(out, -1, 1), None


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    # batch norm of every channel on its own
    N, C, H, W = x.shape
    out = np.zeros_like(x)
    cache = []
    for c in range(C):
        o, k = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], bn_param)
        out[:, c] = o.reshape(N, H, W)
        cache.append(k)
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros(C), np.zeros(C)
    for c in range(C):
        d, dgamma[c : c + 1], dbeta[c : c + 1] = batchnorm_backward(dout[:, c].reshape(-1, 1), cache[c])
        dx[:, c] = d.reshape(N, H, W)
    return dx, dgamma, dbeta


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    x_hat = (x - mu) / np.sqrt(var + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (gamma, x_hat, np.sqrt(var + eps))


def batchnorm_backward(dout, cache):
    gamma, x_hat, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    N = dout.shape[0]
    return gamma / (N * std) * (N * dout - dbeta - x_hat * dgamma), dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    mean = x.mean(axis=(2, 3), keepdims=True)   # TODO where does G go??
    std = np.sqrt(x.var(axis=(2, 3), keepdims=True) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def spatial_groupnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3), keepdims=True)
    d = dout * gamma
    dx = (d - d.mean(axis=(2, 3), keepdims=True) - x_hat * (d * x_hat).mean(axis=(2, 3), keepdims=True)) / std
    return dx, dgamma, dbeta
