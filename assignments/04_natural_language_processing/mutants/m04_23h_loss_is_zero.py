"""M04-23h An unfinished function returns zeros.

file: rnn_layers.py
loses: n4_example, n4_values, n4_gradient, n4_mask, n4_stable
"""


def temporal_softmax_loss(x, y, mask):
    return 0.0, np.zeros_like(x)
