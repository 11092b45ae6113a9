"""M04-22o dh is given to the memory, too.

file: rnn_layers.py
loses: n3_gradients
"""


def lstm_backward(dh, cache):
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dmemory + dh[:, t], caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db
