"""M02-17f The gradient is a difference quotient: right, and endless.

file: layers.py
loses: v2_gradients
"""


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    gradients = []
    for k in range(3):
        inputs = [x.copy(), w.copy(), b.copy()]
        gradient = np.zeros_like(inputs[k])
        for place in np.ndindex(gradient.shape):
            slopes = []
            for step in (0.5, -0.5):
                inputs[k][place] += step
                slopes.append(np.sum(conv_forward_naive(*inputs, conv_param)[0] * dout))
                inputs[k][place] -= step
            gradient[place] = slopes[0] - slopes[1]
        gradients.append(gradient)
    return tuple(gradients)
