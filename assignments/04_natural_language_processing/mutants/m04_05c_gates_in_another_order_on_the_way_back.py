"""M04-5c The order of the gates is i, f, g, o in the backward pass alone.

file: rnn_layers.py
loses: n3_example_backward, n3_step_gradients, n3_gradients
"""


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dag, dao], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
