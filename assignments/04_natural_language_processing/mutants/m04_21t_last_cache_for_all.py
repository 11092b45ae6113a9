"""M04-21t The cache of the last step is kept for all of them.

file: rnn_layers.py
loses: n2_example_backward, n2_gradients
"""


def rnn_forward(x, h0, Wx, Wh, b):
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, ([step] * len(caches), x, Wx, Wh)
