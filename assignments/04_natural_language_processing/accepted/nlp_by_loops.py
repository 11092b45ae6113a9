"""Accepted: Loops over everything, in plain Python, with prints; numbers of Python.

file: nlp.py
loses:
"""

import math
from builtins import range


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    print("softmax over", len(outsideVectors), "words")
    z = [sum(float(a) * float(b) for a, b in zip(u, centerWordVec)) for u in outsideVectors]
    top = max(z)
    log_sum = top + math.log(sum(math.exp(one - top) for one in z))
    p = [math.exp(one - log_sum) for one in z]
    center, outside = np.zeros(len(centerWordVec)), np.zeros((len(z), len(centerWordVec)))
    for word in range(len(z)):
        error = p[word] - (word == outsideWordIdx)
        center += error * outsideVectors[word]
        outside[word] = error * centerWordVec
    return log_sum - z[outsideWordIdx], center, outside


def softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    loss, center, outside = 0.0, 0 * centerWordVec, 0 * outsideVectors
    for sign, word in [(-1.0, outsideWordIdx)] + [(1.0, word) for word in negSampleWordIndices]:
        z = sign * float(np.dot(outsideVectors[word], centerWordVec))
        loss += softplus(z)
        error = sign * math.exp(-softplus(-z))
        center = center + error * outsideVectors[word]
        outside[word] = outside[word] + error * centerWordVec
    return loss, center, outside


def scaled_dot_product_attention(q, k, v, mask=None):
    (B, Tq, d), Tk = q.shape, k.shape[1]
    out, weights = np.zeros((B, Tq, v.shape[2])), np.zeros((B, Tq, Tk))
    for b in range(B):
        for i in range(Tq):
            may_see = [
                j for j in range(Tk) if mask is None or mask[b if len(mask) > 1 else 0, i, j]
            ]
            if may_see:
                z = np.array([q[b, i] @ k[b, j] for j in may_see]) / math.sqrt(d)
                weights[b, i, may_see] = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
                out[b, i] = sum(weights[b, i, j] * v[b, j] for j in may_see)
    return out, weights, [q, k, v, weights]


def attention_backward(dout, cache):
    q, k, v, weights = cache
    dq, dk, dv = np.zeros(q.shape), np.zeros(k.shape), np.zeros(v.shape)
    for b in range(len(q)):
        for i in range(q.shape[1]):
            p = weights[b, i]
            jacobian = np.diag(p) - np.outer(p, p)
            ds = jacobian @ (v[b] @ dout[b, i]) / math.sqrt(q.shape[2])
            dq[b, i] = ds @ k[b]
            for j in range(k.shape[1]):
                dk[b, j] += ds[j] * q[b, i]
                dv[b, j] += p[j] * dout[b, i]
    return dq, dk, dv


def positional_encoding(T, d):
    rows = []
    for t in range(T):
        row = []
        for i in range(0, d, 2):
            angle = t * math.exp(-i / d * math.log(10000.0))
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return np.array(rows)


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    answers = []
    for b in range(log_probs.shape[1]):
        answer, last = [], None
        for t in range(input_lengths[b]):
            best = np.argmax(log_probs[t, b])
            if best != last and best != blank:
                answer.append(best)
            last = best
        answers.append(answer)
    return answers


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    B, T, H = memory.shape
    F = params["F"]
    context, weights = np.zeros((B, H)), np.zeros((B, T))
    for b in range(B):
        energies = []
        for j in range(lengths[b]):
            f = np.zeros(F.shape[1])
            for k in range(len(F)):
                place = j + k - (len(F) - 1) // 2
                if 0 <= place < T:
                    f = f + F[k] * cumulative[b, place]
            energies.append(
                np.tanh(
                    query[b] @ params["W"]
                    + memory[b, j] @ params["V"]
                    + f @ params["U"]
                    + params["b"]
                )
                @ params["v"]
            )
        e = np.array(energies) - max(energies)
        weights[b, : lengths[b]] = np.exp(e) / np.exp(e).sum()
        context[b] = weights[b] @ memory[b]
    return context, weights, weights + cumulative
