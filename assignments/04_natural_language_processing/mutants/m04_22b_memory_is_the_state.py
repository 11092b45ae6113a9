"""M04-22b The state is handed on in the place of the memory.

file: rnn_layers.py
loses: n3_values, n3_gradients, n3_forget
"""


def lstm_forward(x, h0, Wx, Wh, b):
    h, caches, state, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, _, step = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        memory = state
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)
