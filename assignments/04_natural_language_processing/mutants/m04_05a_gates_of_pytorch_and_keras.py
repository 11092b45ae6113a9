"""M04-5a The order of the gates is i, f, g, o, with its right gradient.

file: rnn_layers.py
loses: n3_example, n3_step_values, n3_example_backward, n3_step_gradients, n3_gradients
"""


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ag, ao = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    shown = np.tanh(next_c)
    return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dag, dao], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
