import numpy as np


class Cache:
    def __init__(self, **parts):
        self.__dict__.update(parts)


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
    return next_h, Cache(x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, next_h=next_h)


def rnn_step_backward(dnext_h, cache):
    da = dnext_h * (1 - cache.next_h**2)
    return da @ cache.Wx.T, da @ cache.Wh.T, cache.x.T @ da, cache.prev_h.T @ da, da.sum(axis=0)


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
    # order as in tf.keras.layers.LSTM: i, f, c, o
    ai, af, ac, ao = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, g, o = sigmoid(ai), sigmoid(af), np.tanh(ac), sigmoid(ao)
    next_c = f * prev_c + i * g
    shown = np.tanh(next_c)
    return o * shown, next_c, Cache(x=x, h=prev_h, c=prev_c, Wx=Wx, Wh=Wh, i=i, f=f, o=o, g=g, shown=shown)


def lstm_step_backward(dnext_h, dnext_c, cache):
    k = cache
    dc = dnext_c + dnext_h * k.o * (1 - k.shown**2)
    dai = dc * k.g * k.i * (1 - k.i)
    daf = dc * k.c * k.f * (1 - k.f)
    dac = dc * k.i * (1 - k.g**2)
    dao = dnext_h * k.shown * k.o * (1 - k.o)
    da = np.hstack([dai, daf, dac, dao])
    return da @ k.Wx.T, da @ k.Wh.T, dc * k.f, k.x.T @ da, k.h.T @ da, da.sum(axis=0)


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
