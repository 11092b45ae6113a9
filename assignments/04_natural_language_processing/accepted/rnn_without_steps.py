"""Accepted: whole sequences without the functions for one step: inputs times Wx for all times at once, weights' gradients at the end.

file: rnn_layers.py
loses:
"""


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
