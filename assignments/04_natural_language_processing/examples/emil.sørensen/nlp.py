import numpy as np


def getNegativeSamples(outsideWordIdx, dataset, K):
    negSampleWordIndices = []
    while len(negSampleWordIndices) < K:
        index = dataset.sampleTokenIdx()
        if index != outsideWordIdx:
            negSampleWordIndices.append(index)
    return negSampleWordIndices


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


def positional_encoding(T, d):
    speed = 10000.0 ** (-np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(T), speed)
    encoding = np.empty((T, d))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle)
    return encoding


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            loss[b] = -np.sum(in_state * y)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


def _log_prefixes(y, states, blank):
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    alpha = np.full_like(y, -np.inf)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        before = np.concatenate([[-np.inf, -np.inf], alpha[t - 1]])
        stay, step, skip = before[2:], before[1:-1], np.where(may_skip, before[:-2], -np.inf)
        alpha[t] = np.logaddexp(np.logaddexp(stay, step), skip) + y[t]
    return alpha


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1] / len(one[0]) ** alpha, reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


def build_reverser(vocab, T, d=32):
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h, use_causal_mask=True)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F[::-1]
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights
