"""M04-21p Each state is read from the next element, too: the sequence is smoothed first.

file: rnn_layers.py
loses: n2_values, n2_gradients, n2_properties
"""


def rnn_forward(x, h0, Wx, Wh, b):
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        element = (x[:, t] + x[:, min(t + 1, x.shape[1] - 1)]) / 2
        state, step = rnn_step_forward(element, state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)
