"""M04-22f The forget gate gets a bias of 1 on top, as Keras initialises it.

file: rnn_layers.py
loses: n3_example, n3_step_values, n3_example_backward, n3_step_gradients, n3_gradients
"""


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af + 1), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    shown = np.tanh(next_c)
    return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)
