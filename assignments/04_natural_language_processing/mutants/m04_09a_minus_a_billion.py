"""M04-09a -1e9 is added to hidden scores: a query that sees nothing reads everything.

file: nlp.py
loses: n6_stability
"""


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -1e9).astype(scores.dtype)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache
