"""M04-22r The loop ends one step too early.

file: rnn_layers.py
loses: n3_values, n3_gradients, n3_forget
"""


def lstm_forward(x, h0, Wx, Wh, b):
    h, caches, state, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], h0, np.zeros_like(h0)
    for t in range(x.shape[1] - 1):
        state, memory, step = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)
