"""M04-21e Gradients of the weights are means over t.

file: rnn_layers.py
loses: n2_example_backward, n2_gradients
"""


def rnn_backward(dh, cache):
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t / dh.shape[1]
        dWh += dWh_t / dh.shape[1]
        db += db_t / dh.shape[1]
    return dx, dprev_h, dWx, dWh, db
