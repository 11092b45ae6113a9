"""Other right answers: Frontier: attention, for translation and summaries."""

from autograder.rubric import accepted


@accepted("nlp_attention_by_object", file="nlp.py")
class nlp_attention_by_object:
    """Attention whose cache is an object, masked by the smallest number there is; arrays made new
    for every mask.
    """

    class Cache:
        def __init__(self, **parts):
            self.__dict__.update(parts)

    def scaled_dot_product_attention(q, k, v, mask=None):
        scale = 1 / np.sqrt(q.shape[-1])
        scores = (q * scale) @ np.swapaxes(k, -1, -2)
        if mask is not None:
            scores = scores.copy()
            scores[np.broadcast_to(~mask, scores.shape)] = -1e30
        scores -= np.max(scores, axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        weights = scores / np.sum(scores, axis=-1, keepdims=True)
        if mask is not None:
            weights = weights * mask.any(axis=-1, keepdims=True)
        return weights @ v, weights, Cache(q=q, k=k, v=v, p=weights, scale=scale)

    def attention_backward(dout, cache):
        p = cache.p
        out = p @ cache.v
        # sum_j p_j dp_j is dout . out: one product instead of a sum over keys, as in FlashAttention.
        ds = p * (dout @ np.swapaxes(cache.v, 1, 2) - np.sum(dout * out, axis=2, keepdims=True)) * cache.scale
        return ds @ cache.k, np.swapaxes(ds, 1, 2) @ cache.q, np.swapaxes(p, 1, 2) @ dout
