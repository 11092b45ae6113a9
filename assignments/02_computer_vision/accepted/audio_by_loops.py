"""Accepted: a convolution by loops, codes by rint, a field by adding up.

file: vision.py
loses:
"""


def dilated_causal_conv1d(x, w, b, dilation):
    out = np.zeros((x.shape[0], x.shape[1], w.shape[2]))
    for t in range(x.shape[1]):
        out[:, t] = b
        for j in range(len(w)):
            past = t - (len(w) - 1 - j) * dilation
            if past >= 0:
                out[:, t] += np.dot(x[:, past], w[j])
    return out


def receptive_field(kernel, dilations):
    field = np.int64(1)
    for d in dilations:
        field = field + (kernel - 1) * d
    return field


def mulaw_encode(x, mu=255):
    y = np.copysign(np.log(1 + mu * abs(x)) / np.log(1 + mu), x)
    return np.rint((y + 1) * mu / 2).astype(np.int32)


def mulaw_decode(q, mu=255):
    y = np.asarray(q).astype(np.float64) * 2 / mu - 1
    return np.copysign(np.expm1(np.abs(y) * np.log1p(mu)) / mu, y)
