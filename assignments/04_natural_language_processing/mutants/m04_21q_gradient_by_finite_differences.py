"""M04-21q The gradient is found by finite differences, two passes for every number.

file: rnn_layers.py
loses: n2_gradients
"""


def rnn_backward(dh, cache):
    caches, x, Wx, Wh = cache
    x, h0, Wx, Wh, b = x.copy(), caches[0][1].copy(), Wx.copy(), Wh.copy(), None
    a = np.arctanh(caches[0][4])
    b = (a - x[:, 0] @ Wx - h0 @ Wh)[0]
    at = [x, h0, Wx, Wh, b]
    gradients = []
    for array in at:
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            old = array[index]
            array[index] = old + 1e-5
            up = np.sum(rnn_forward(*at)[0] * dh)
            array[index] = old - 1e-5
            down = np.sum(rnn_forward(*at)[0] * dh)
            array[index] = old
            gradient[index] = (up - down) / 2e-5
        gradients.append(gradient)
    return tuple(gradients)
