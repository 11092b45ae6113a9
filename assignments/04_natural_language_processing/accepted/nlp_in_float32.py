"""Accepted: Every answer in float32; lists and tuples where they will do.

file: nlp.py
loses:
"""


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    v, U = centerWordVec.astype(np.float32), outsideVectors.astype(np.float32)
    z = U @ v
    z -= z.max()
    log_p = z - np.log(np.sum(np.exp(z)))
    delta = np.exp(log_p)
    delta[outsideWordIdx] -= 1
    return -log_p[outsideWordIdx], U.T @ delta, delta[:, None] * v


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    v, U = centerWordVec.astype(np.float32), outsideVectors.astype(np.float32)
    negatives = getNegativeSamples(outsideWordIdx, dataset, K)
    loss, center, outside = np.float32(0), np.zeros_like(v), np.zeros_like(U)
    for word, target in [(outsideWordIdx, 1), *((word, 0) for word in negatives)]:
        z = U[word] @ v
        loss += np.logaddexp(np.float32(0), -z if target else z)
        error = np.float32(np.exp(-np.logaddexp(0, -z))) - target
        center += error * U[word]
        outside[word] += error * v
    return loss, center, outside


def scaled_dot_product_attention(q, k, v, mask=None):
    q, k, v = (array.astype(np.float32) for array in (q, k, v))
    scores = np.einsum("bqd,bkd->bqk", q, k) / np.float32(np.sqrt(q.shape[2]))
    mask = (
        np.ones(scores.shape, dtype=bool) if mask is None else np.broadcast_to(mask, scores.shape)
    )
    scores = np.where(mask, scores, np.finfo(np.float32).min)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    weights = weights / np.maximum(weights.sum(axis=-1, keepdims=True), np.finfo(np.float32).tiny)
    return weights @ v, weights, {"q": q, "k": k, "v": v, "weights": weights}


def attention_backward(dout, cache):
    dout = dout.astype(np.float32)
    p = cache["weights"]
    dp = np.einsum("bqe,bke->bqk", dout, cache["v"])
    ds = p * (dp - (p * dp).sum(-1, keepdims=True)) / np.float32(np.sqrt(cache["q"].shape[2]))
    return [
        np.einsum("bqk,bkd->bqd", ds, cache["k"]),
        np.einsum("bqk,bqd->bkd", ds, cache["q"]),
        np.einsum("bqk,bqe->bke", p, dout),
    ]


def positional_encoding(T, d):
    t, i = np.arange(T)[:, None], np.arange(d)[None]
    angle = t / 10000 ** (2 * (i // 2) / d)
    return np.where(i % 2, np.cos(angle), np.sin(angle)).astype(np.float32)


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    loss, grad = reference_ctc(log_probs, targets, input_lengths, target_lengths, blank)
    return loss.astype(np.float32), grad.astype(np.float32)


def reference_ctc(log_probs, targets, input_lengths, target_lengths, blank):
    T, B, C = log_probs.shape
    loss, grad = np.full(B, np.inf), np.zeros((T, B, C))
    for b in range(B):
        z = [blank]
        for label in targets[b][: target_lengths[b]]:
            z += [int(label), blank]
        n, S = int(input_lengths[b]), len(z)
        y = log_probs[:n, b]
        a, c = (
            np.full((n, S), -np.inf),
            np.full((n, S), -np.inf),
        )  # with the frame; and what comes after it
        a[0, 0] = y[0, z[0]]
        c[-1, -1] = 0
        if S > 1:
            a[0, 1] = y[0, z[1]]
            c[-1, -2] = 0
        for t in range(1, n):
            for s in range(S):
                ways = [a[t - 1, s]]
                if s > 0:
                    ways.append(a[t - 1, s - 1])
                if s > 1 and z[s] != z[s - 2]:
                    ways.append(a[t - 1, s - 2])
                a[t, s] = np.logaddexp.reduce(ways) + y[t, z[s]]
        for t in range(n - 2, -1, -1):
            for s in range(S):
                after = (
                    [s]
                    + [s + 1] * (s + 1 < S)
                    + [s + 2] * (s + 2 < S and z[s] != z[min(s + 2, S - 1)])
                )
                c[t, s] = np.logaddexp.reduce([c[t + 1, one] + y[t + 1, z[one]] for one in after])
        log_p = np.logaddexp.reduce(a[-1] + c[-1])
        loss[b] = -log_p
        for s in range(S):
            if np.isfinite(log_p):
                grad[:n, b, z[s]] -= np.exp(a[:, s] + c[:, s] - log_p)
    return loss, grad


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    p = {name: value.astype(np.float32) for name, value in params.items()}
    B, T = cumulative.shape
    K = len(p["F"])
    f = np.zeros((B, T, p["F"].shape[1]), dtype=np.float32)
    for b in range(B):
        for c in range(f.shape[2]):
            f[b, :, c] = np.convolve(cumulative[b], p["F"][::-1, c])[K // 2 : K // 2 + T]
    hidden = np.tanh(
        query.astype(np.float32)[:, None] @ p["W"]
        + memory.astype(np.float32) @ p["V"]
        + f @ p["U"]
        + p["b"]
    )
    e = np.where(np.arange(T) < np.reshape(lengths, (B, 1)), hidden @ p["v"], -np.inf)
    weights = np.exp(e - e.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return [
        (weights[:, :, None] * memory).sum(axis=1).astype(np.float32),
        weights,
        (cumulative + weights).astype(np.float32),
    ]
