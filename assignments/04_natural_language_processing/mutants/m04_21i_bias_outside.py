"""M04-21i The bias is added after tanh.

file: rnn_layers.py
loses: n2_example, n2_step_values, n2_step_gradients, n2_gradients
"""


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh) + b
    return next_h, (x, prev_h, Wx, Wh, next_h)
