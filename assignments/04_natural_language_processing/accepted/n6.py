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
        ds = (
            p
            * (dout @ np.swapaxes(cache.v, 1, 2) - np.sum(dout * out, axis=2, keepdims=True))
            * cache.scale
        )
        return ds @ cache.k, np.swapaxes(ds, 1, 2) @ cache.q, np.swapaxes(p, 1, 2) @ dout


@accepted("nlp_attention_that_forgets_nan", file="nlp.py")
class nlp_attention_that_forgets_nan:
    """Hidden scores are -inf, and the 0 / 0 of a query that sees nothing is replaced; lists come back."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        scores = np.einsum("bqd,bkd->bqk", q, k) * q.shape[2] ** -0.5
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        with np.errstate(invalid="ignore"):
            weights = np.exp(scores - scores.max(axis=2, keepdims=True))
            weights = np.nan_to_num(weights / weights.sum(axis=2, keepdims=True), nan=0.0)
        out = np.einsum("bqk,bke->bqe", weights, v)
        return out.tolist(), weights.tolist(), lambda dout: back(q, k, v, weights, dout)

    def back(q, k, v, weights, dout):
        dweights = np.einsum("bqe,bke->bqk", dout, v)
        inner = (dweights * weights).sum(axis=2)[:, :, None]
        dscores = (dweights - inner) * weights * q.shape[2] ** -0.5
        dq, dk = np.einsum("bqk,bkd->bqd", dscores, k), np.einsum("bqk,bqd->bkd", dscores, q)
        return dq, dk, np.einsum("bqk,bqe->bke", weights, dout)

    def attention_backward(dout, cache):
        return [one.tolist() for one in cache(dout)]

    def positional_encoding(T, d):
        speed = np.exp(-np.log(10000) * np.arange(0, d, 2) / d)
        turned = np.exp(1j * np.arange(T)[:, None] * speed)
        return np.stack([turned.imag, turned.real], axis=2).reshape(T, d).tolist()


@accepted("nlp_attention_sentence_by_sentence", file="nlp.py")
class nlp_attention_sentence_by_sentence:
    """Literally "softmax(q k^T / sqrt(d)) v", sentence by sentence, with a class for the cache that checks."""

    class OneSentence:
        def __init__(self, q, k, v, seen):
            self.q, self.k, self.v, self.d = q, k, v, q.shape[1]
            scores = (q @ k.T) / np.sqrt(self.d)
            scores[~seen] = -np.inf
            top = np.max(scores, axis=1, initial=-1e300, keepdims=True)
            e = np.exp(scores - top)
            total = e.sum(axis=1, keepdims=True)
            self.p = np.divide(e, total, out=np.zeros_like(e), where=total > 0)
            self.out = self.p @ v

        def backward(self, dout):
            dp = dout @ self.v.T
            ds = np.stack(
                [(np.diag(p) - np.outer(p, p)) @ d for p, d in zip(self.p, dp)]
            ) / np.sqrt(self.d)
            return ds @ self.k, ds.T @ self.q, self.p.T @ dout

    def scaled_dot_product_attention(q, k, v, mask=None):
        seen = (
            np.ones((len(q), q.shape[1], k.shape[1]), bool)
            if mask is None
            else np.repeat(mask, len(q) // len(mask), axis=0)
        )
        each = [OneSentence(*parts) for parts in zip(q, k, v, seen)]
        return np.array([one.out for one in each]), np.array([one.p for one in each]), each

    def attention_backward(dout, cache):
        parts = [one.backward(d) for one, d in zip(cache, dout)]
        return tuple(np.array(one) for one in zip(*parts))
