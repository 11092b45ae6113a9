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
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    zeros = np.zeros(x.shape[1])
    rm, rv = bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)
    col = lambda v: v[None, :, None, None]
    if mode == "test":
        return col(gamma) * (x - col(rm)) / np.sqrt(col(rv) + eps) + col(beta), None
    mu, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
    xhat = (x - col(mu)) / np.sqrt(col(var) + eps)
    bn_param["running_mean"] = m * rm + (1 - m) * mu
    bn_param["running_var"] = m * rv + (1 - m) * var
    return col(gamma) * xhat + col(beta), (xhat, gamma, var + eps)


def spatial_batchnorm_backward(dout, cache):
    xhat, gamma, v = cache
    n = dout.size / dout.shape[1]
    dbeta, dgamma = dout.sum((0, 2, 3)), (dout * xhat).sum((0, 2, 3))
    col = lambda u: u[None, :, None, None]
    dx = col(gamma / np.sqrt(v)) * (dout - col(dbeta) / n - xhat * col(dgamma) / n)
    return dx, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, -1)
    std = np.sqrt(xg.var(-1, keepdims=True) + gn_param.get("eps", 1e-5))
    xhat = ((xg - xg.mean(-1, keepdims=True)) / std).reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * xhat + beta.reshape(1, C, 1, 1), (xhat, std, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    xhat, std, gamma, G = cache
    N, C, H, W = dout.shape
    dg = (dout * gamma.reshape(1, C, 1, 1)).reshape(N, G, -1)
    hg = xhat.reshape(N, G, -1)
    dx = (dg - dg.mean(-1, keepdims=True) - hg * (dg * hg).mean(-1, keepdims=True)) / std
    return dx.reshape(dout.shape), (dout * xhat).sum((0, 2, 3)).reshape(gamma.shape), dout.sum((0, 2, 3)).reshape(gamma.shape)
