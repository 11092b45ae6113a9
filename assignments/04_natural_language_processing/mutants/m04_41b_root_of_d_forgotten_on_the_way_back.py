"""M04-41b dq and dk are not divided by the root of d.

file: nlp.py
loses: n6_gradients
"""


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv
