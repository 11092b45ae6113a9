"""M04-08d Weights are masked after the softmax.

file: nlp.py
loses: n6_values, n6_gradients, n6_properties, n6_stability, n6_example_attention
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    if mask is not None:
        weights = weights * mask
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache
