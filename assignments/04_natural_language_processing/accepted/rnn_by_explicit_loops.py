"""Accepted: the steps and the loss by loops over everything, with Python's math; a loop over the vocabulary in the embedding.

file: rnn_layers.py
loses:
"""


import math


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
