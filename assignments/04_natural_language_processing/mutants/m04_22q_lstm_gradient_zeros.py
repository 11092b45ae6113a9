"""M04-22q An unfinished function returns zeros of the right shapes: lstm_backward.

file: rnn_layers.py
loses: n3_gradients, n3_forget
"""


def lstm_backward(dh, cache):
    _, x, Wx, Wh = cache
    return np.zeros_like(x), np.zeros_like(dh[:, 0]), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
