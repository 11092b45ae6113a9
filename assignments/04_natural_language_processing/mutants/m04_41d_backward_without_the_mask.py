"""M04-41d The backward pass computes the weights again, without the mask.

file: nlp.py
loses: n6_gradients, n6_stability
"""


def attention_backward(dout, cache):
    q, k, v, weights = cache
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    powers = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = powers / powers.sum(axis=2, keepdims=True)
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv
