"""M04-08a No root of d, in both directions.

file: nlp.py
loses: n6_values, n6_gradients, n6_stability, n6_example_attention
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(0, 2, 1)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv
