import numpy as np


def word_embedding_forward(x, W):
    out = W[x]
    cache = (x, W.shape)
    return out, cache


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D), dtype=dout.dtype)
    np.add.at(dW, x, dout)
    return dW


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    T = x.shape[1]
    inside = np.einsum("ntd,dh->nth", x, Wx) + b
    h = np.zeros(inside.shape)
    for t in range(T):
        h[:, t] = np.tanh(inside[:, t] + (h[:, t - 1] if t else h0) @ Wh)
    return h, (x, h0, Wx, Wh, h)


def rnn_backward(dh, cache):
    x, h0, Wx, Wh, h = cache
    da, carried = np.zeros(dh.shape), np.zeros(h0.shape)
    for t in range(dh.shape[1])[::-1]:
        da[:, t] = (dh[:, t] + carried) * (1 - h[:, t] ** 2)
        carried = da[:, t] @ Wh.T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return da @ Wx.T, carried, np.einsum("ntd,nth->dh", x, da), np.einsum("nth,ntk->hk", before, da), da.sum((0, 1))


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    shown = np.tanh(next_c)
    next_h = o * shown
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dprev_c = dc * f
    da = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * prev_c * f * (1 - f),
            dnext_h * shown * o * (1 - o),
            dc * i * (1 - g**2),
        ],
        axis=1,
    )
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    H = h0.shape[1]
    a, gates, c, h = x @ Wx + b, np.zeros((T, 4, N, H)), np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H))
    h[0] = h0
    for t in range(T):
        z = (a[:, t] + h[t] @ Wh).reshape(N, 4, H).transpose(1, 0, 2)
        gates[t, :3], gates[t, 3] = 1 / (1 + np.exp(-z[:3])), np.tanh(z[3])
        i, f, o, g = gates[t]
        c[t + 1] = i * g + f * c[t]
        h[t + 1] = o * np.tanh(c[t + 1])
    return h[1:].transpose(1, 0, 2), (x, Wx, Wh, gates, c, h)


def lstm_backward(dh, cache):
    x, Wx, Wh, gates, c, h = cache
    N, T, H = dh.shape
    dWx, dWh, db, dx = 0, 0, 0, np.empty(x.shape)
    dh_next, dc = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        i, f, o, g = gates[t]
        total = dh[:, t] + dh_next
        dc = dc + total * o * (1 - np.tanh(c[t + 1]) ** 2)
        da = np.hstack([dc * g * i * (1 - i), dc * c[t] * f * (1 - f), total * np.tanh(c[t + 1]) * o * (1 - o), dc * i * (1 - g * g)])
        dc = dc * f
        dx[:, t], dh_next = da @ Wx.T, da @ Wh.T
        dWx, dWh, db = dWx + x[:, t].T @ da, dWh + h[t].T @ da, db + da.sum(0)
    return dx, dh_next, dWx, dWh, db


def temporal_softmax_loss(x, y, mask):
    N, T, _ = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    log_z = np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    log_p = shifted - log_z
    loss = float(-(log_p[n, t, y] * mask).sum() / N)
    dx = np.exp(log_p)
    dx[n, t, y] -= 1
    dx = np.where(mask[:, :, None], dx / N, 0)
    return loss, dx
