"""M04-21m The state before the first element is zeros, whatever h0 is.

file: rnn_layers.py
loses: n2_values, n2_gradients, n2_properties
"""


def rnn_forward(x, h0, Wx, Wh, b):
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)
