"""M04-2b The derivative takes tanh of the state, which went through tanh already.

file: rnn_layers.py
loses: n2_example_backward, n2_step_gradients, n2_gradients
"""


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - np.tanh(next_h) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
