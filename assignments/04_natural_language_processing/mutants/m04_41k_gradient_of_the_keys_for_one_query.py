"""M04-41k dk takes the last query alone.

file: nlp.py
loses: n6_gradients
"""


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores[:, -1:].transpose(0, 2, 1) @ q[:, -1:]
    return dq, dk, dv
