"""M04-41c The gradient of the softmax is p (1 - p).

file: nlp.py
loses: n6_gradients
"""


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (1 - weights) * dweights
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv
