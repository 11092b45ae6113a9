import numpy as np


def getNegativeSamples(outsideWordIdx, dataset, K):
    negSampleWordIndices = []
    while len(negSampleWordIndices) < K:
        index = dataset.sampleTokenIdx()
        if index != outsideWordIdx:
            negSampleWordIndices.append(index)
    return negSampleWordIndices


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = scores - np.log(np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
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
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv


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
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


def build_reverser(vocab, T, d=32):
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
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
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights
