"""M04-2d db is a sum over everything, and so one number.

file: rnn_layers.py
loses: n2_step_gradients, n2_gradients
"""


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, np.sum(da)
