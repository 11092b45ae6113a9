"""M04-22m The gradient of the memory is not handed back.

file: rnn_layers.py
loses: n3_gradients, n3_forget
"""


def lstm_backward(dh, cache):
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, _, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db
