import numpy as np


def word_embedding_forward(x, W):
    one_hot = np.eye(W.shape[0])[x]
    return one_hot @ W, one_hot


def word_embedding_backward(dout, cache):
    return np.tensordot(cache, dout, axes=([0, 1], [0, 1]))


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    both, W = np.concatenate([x, prev_h], axis=1), np.vstack([Wx, Wh])
    next_h = np.tanh(both @ W + b)
    return next_h, (both, W, next_h, x.shape[1])


def rnn_step_backward(dnext_h, cache):
    both, W, next_h, D = cache
    da = dnext_h * (1 - next_h) * (1 + next_h)
    dboth, dW = da @ W.T, both.T @ da
    return dboth[:, :D], dboth[:, D:], dW[:D], dW[D:], da.sum(axis=0)


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
    both, W = np.concatenate([x, prev_h], axis=1), np.vstack([Wx, Wh])
    a = both @ W + b
    H = prev_h.shape[1]
    gates = 0.5 * (1 + np.tanh(a[:, : 3 * H] / 2))
    i, f, o = np.hsplit(gates, 3)
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, dict(both=both, W=W, gates=gates, g=g, prev_c=prev_c, next_c=next_c, D=x.shape[1])


def lstm_step_backward(dnext_h, dnext_c, cache):
    both, W, gates, g, prev_c, next_c, D = (cache[key] for key in ("both", "W", "gates", "g", "prev_c", "next_c", "D"))
    i, f, o = np.hsplit(gates, 3)
    dc = dnext_c + dnext_h * o / np.cosh(next_c) ** 2
    dgates = np.hstack([dc * g, dc * prev_c, dnext_h * np.tanh(next_c)]) * gates * (1 - gates)
    da = np.hstack([dgates, dc * i * (1 - g**2)])
    dboth, dW = da @ W.T, both.T @ da
    return dboth[:, :D], dboth[:, D:], dc * f, dW[:D], dW[D:], da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, steps, state, memory = [], [], h0, np.zeros_like(h0)
    for element in np.moveaxis(x, 1, 0):
        state, memory, step = lstm_step_forward(element, state, memory, Wx, Wh, b)
        h.append(state)
        steps.append(step)
    return np.moveaxis(np.array(h), 0, 1), steps


def lstm_backward(dh, cache):
    dx, total, dstate, dmemory = [], None, 0, 0
    for t in reversed(range(dh.shape[1])):
        dx_t, dstate, dmemory, *weights = lstm_step_backward(dh[:, t] + dstate, dmemory, cache[t])
        dx.insert(0, dx_t)
        total = weights if total is None else [one + more for one, more in zip(total, weights)]
    return np.stack(dx, axis=1), dstate, *total


def temporal_softmax_loss(x, y, mask):
    log_p = x - np.logaddexp.reduce(x, axis=2, keepdims=True)
    one_hot = (y[..., None] == np.arange(x.shape[2])) * mask[..., None]
    return -(log_p * one_hot).sum() / len(x), (np.exp(log_p) * mask[..., None] - one_hot) / len(x)
