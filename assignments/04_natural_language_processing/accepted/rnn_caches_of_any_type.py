"""Accepted: caches that are closures, dicts, objects, generators of nothing, or None and the global state of a module.

file: rnn_layers.py
loses:
"""


class Remembered:
    def __init__(self, **values):
        self.__dict__.update(values)


_embed, _unembed, _step, _unstep = word_embedding_forward, word_embedding_backward, rnn_step_forward, rnn_step_backward
_lstm_step, _lstm_unstep = lstm_step_forward, lstm_step_backward


def word_embedding_forward(x, W):
    out, cache = _embed(x, W)
    return out, Remembered(inner=cache)


def word_embedding_backward(dout, cache):
    return _unembed(dout, cache.inner)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h, cache = _step(x, prev_h, Wx, Wh, b)
    return next_h, lambda dnext_h: _unstep(dnext_h, cache)


def rnn_step_backward(dnext_h, cache):
    return cache(dnext_h)


def rnn_forward(x, h0, Wx, Wh, b):
    steps, state, h = {}, h0, []
    for t in range(x.shape[1]):
        state, steps[t] = rnn_step_forward(x[:, t, :], state, Wx, Wh, b)
        h.append(state)
    return np.stack(h, axis=1), {"steps": steps, "D": x.shape[2]}


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache["D"]
    dx, dWx, dWh, db, dprev_h = np.zeros((N, T, D)), np.zeros((D, H)), np.zeros((H, H)), np.zeros(H), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx_t, dprev_h, a, c, d = rnn_step_backward(dh[:, t, :] + dprev_h, cache["steps"][t])
        dx[:, t, :] = dx_t
        dWx, dWh, db = dWx + a, dWh + c, db + d
    return dx, dprev_h, dWx, dWh, db


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    next_h, next_c, cache = _lstm_step(x, prev_h, prev_c, Wx, Wh, b)
    return next_h, next_c, Remembered(inner=cache, shape=Wx.shape)


def lstm_step_backward(dnext_h, dnext_c, cache):
    return _lstm_unstep(dnext_h, dnext_c, cache.inner)
