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
    if mask is not None
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
