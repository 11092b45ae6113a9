"""M04-22l An unfinished function returns zeros of the right shapes: lstm_step_backward.

file: rnn_layers.py
loses: n3_example_backward, n3_step_gradients, n3_gradients, n3_forget
"""


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = 0 * dnext_c
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = 0 * o
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
