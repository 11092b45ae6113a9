import math

import numpy as np


def word_embedding_forward(x, W):
    out = W[x]
    cache = (x, W.shape)
    return out, cache


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D))
    for v in range(V):
        dW[v] = dout[x == v].sum(axis=0)
    return dW


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    (N, D), H = x.shape, len(b)
    next_h = np.zeros((N, H))
    for n in range(N):
        for k in range(H):
            total = b[k]
            for d in range(D):
                total += x[n, d] * Wx[d, k]
            for j in range(H):
                total += prev_h[n, j] * Wh[j, k]
            next_h[n, k] = math.tanh(total)
    return next_h, [x, prev_h, Wx, Wh, next_h]


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    (N, D), H = x.shape, Wh.shape[0]
    dx, dprev_h, dWx, dWh, db = np.zeros((N, D)), np.zeros((N, H)), np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for k in range(H):
            da = dnext_h[n, k] * (1 - next_h[n, k] ** 2)
            db[k] += da
            dx[n] += da * Wx[:, k]
            dprev_h[n] += da * Wh[:, k]
            dWx[:, k] += da * x[n]
            dWh[:, k] += da * prev_h[n]
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, _ = x.shape
    h = np.empty((N, T, h0.shape[1]), dtype=h0.dtype)
    caches = []
    state = h0
    for t in range(T):
        state, step_cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step_cache)
    cache = (caches, x, Wx, Wh)
    return h, cache


def rnn_backward(dh, cache):
    caches, x, Wx, Wh = cache
    dx = np.empty_like(x)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])
    dstate = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dstate, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    (N, H), s = prev_h.shape, lambda z: 1 / (1 + math.exp(-z))
    next_h, next_c, gates = np.zeros((N, H)), np.zeros((N, H)), np.zeros((4, N, H))
    for n in range(N):
        a = x[n] @ Wx + prev_h[n] @ Wh + b
        for k in range(H):
            i, f, o, g = s(a[k]), s(a[H + k]), s(a[2 * H + k]), math.tanh(a[3 * H + k])
            gates[:, n, k] = i, f, o, g
            next_c[n, k] = f * prev_c[n, k] + i * g
            next_h[n, k] = o * math.tanh(next_c[n, k])
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, *gates, np.tanh(next_c))


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
    h = np.empty((N, T, h0.shape[1]), dtype=h0.dtype)
    caches = []
    state, memory = h0, np.zeros_like(h0)
    for t in range(T):
        state, memory, step_cache = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        h[:, t] = state
        caches.append(step_cache)
    cache = (caches, x, Wx, Wh)
    return h, cache


def lstm_backward(dh, cache):
    caches, x, Wx, Wh = cache
    dx = np.empty_like(x)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])
    dstate = dmemory = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        step = lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = step
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros((N, T, V))
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            best = max(x[n, t])
            z = sum(math.exp(score - best) for score in x[n, t])
            loss -= (x[n, t, y[n, t]] - best - math.log(z)) / N
            for v in range(V):
                dx[n, t, v] = (math.exp(x[n, t, v] - best) / z - (v == y[n, t])) / N
    return loss, dx
