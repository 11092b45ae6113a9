"""M04-21s Gradients go back through Wh, not through its transpose.

file: rnn_layers.py
loses: n2_step_gradients, n2_gradients
"""


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.sum(axis=0)
