"""M04-21l h begins with h0 and leaves the last state out.

file: rnn_layers.py
loses: n2_example_backward, n2_values, n2_properties
"""


def rnn_forward(x, h0, Wx, Wh, b):
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        h[:, t] = state
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        caches.append(step)
    return h, (caches, x, Wx, Wh)
