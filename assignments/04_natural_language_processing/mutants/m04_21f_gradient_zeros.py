"""M04-21f An unfinished function returns zeros of the right shapes: rnn_backward.

file: rnn_layers.py
loses: n2_example_backward, n2_gradients, n2_properties
"""


def rnn_backward(dh, cache):
    _, x, Wx, Wh = cache
    return np.zeros_like(x), np.zeros_like(dh[:, 0]), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
