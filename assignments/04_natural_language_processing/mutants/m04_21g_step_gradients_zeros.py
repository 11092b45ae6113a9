"""M04-21g Unfinished functions return zeros of the right shapes: both backward passes.

file: rnn_layers.py
loses: n2_example_backward, n2_step_gradients, n2_gradients, n2_properties
"""


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, _ = cache
    return np.zeros_like(x), np.zeros_like(prev_h), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
