"""M04-22t Every step begins with h0; the memory alone is handed on.

file: rnn_layers.py
loses: n3_values, n3_gradients
"""


def lstm_forward(x, h0, Wx, Wh, b):
    h, caches, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], np.zeros_like(h0)
    for t in range(x.shape[1]):
        h[:, t], memory, step = lstm_step_forward(x[:, t], h0, memory, Wx, Wh, b)
        caches.append(step)
    return h, (caches, x, Wx, Wh)
