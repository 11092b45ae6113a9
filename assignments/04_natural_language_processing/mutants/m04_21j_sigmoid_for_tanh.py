"""M04-21j A sigmoid in the place of tanh, with its right gradient.

file: rnn_layers.py
loses: n2_example, n2_example_backward, n2_step_values, n2_step_gradients, n2_gradients
"""


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = sigmoid(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * next_h * (1 - next_h)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
