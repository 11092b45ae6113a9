"""Mistakes: The building blocks of WaveNet."""

from autograder.rubric import mutant


@mutant("M02-12a", loses=["v8_example_convolution", "v8_values", "v8_causality"])
def dilated_causal_conv1d(x, w, b, dilation):
    """Half of the zeros go to the right: the filter looks into the future."""
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past // 2, past - past // 2), (0, 0)))
    return sum(padded[:, j * dilation : j * dilation + T] @ w[j] for j in range(K)) + b


@mutant("M02-12b", loses=["v8_example_convolution", "v8_values"])
def dilated_causal_conv1d(x, w, b, dilation):
    """There is one zero too many on the left: the present is not seen."""
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past + 1, 0), (0, 0)))
    return sum(padded[:, j * dilation : j * dilation + T] @ w[j] for j in range(K)) + b


@mutant("M02-12c", loses=["v8_example_convolution", "v8_values", "v8_causality"])
def dilated_causal_conv1d(x, w, b, dilation):
    """The output is dilated, not the filter."""
    T, K = x.shape[1], w.shape[0]
    past = K - 1
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))
    padded = np.repeat(padded[:, ::dilation], dilation, axis=1)[:, : past + T]
    return sum(padded[:, j : j + T] @ w[j] for j in range(K)) + b


@mutant("M02-12d", loses=["v8_example_convolution", "v8_values"])
def dilated_causal_conv1d(x, w, b, dilation):
    """The first tap sees the present."""
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))
    return sum(padded[:, j * dilation : j * dilation + T] @ w[K - 1 - j] for j in range(K)) + b


@mutant("M02-12e", loses=["v8_field"])
def receptive_field(kernel, dilations):
    """The receptive field does not count the present."""
    return (kernel - 1) * sum(dilations)


@mutant("M02-12f", loses=["v8_field"])
def receptive_field(kernel, dilations):
    """The receptive field is the product of the layers."""
    return kernel ** len(dilations)


@mutant("M02-12g", loses=["v8_example_mulaw", "v8_mulaw"])
def mulaw_encode(x, mu=255):
    """The code is cut off, not rounded."""
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.floor((y + 1) / 2 * mu).astype(int)


@mutant("M02-12h", loses=["v8_mulaw"])
def mulaw_encode(x, mu=255):
    """The codes are those of mu = 255, whatever was asked for."""
    mu = 255
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.floor((y + 1) / 2 * mu + 0.5).astype(int)


@mutant("M02-12i", loses=["v8_decode"])
def mulaw_decode(q, mu=255):
    """The samples of small codes are positive."""
    y = 2 * np.asarray(q, dtype=float) / mu - 1
    return ((1 + mu) ** np.abs(y) - 1) / mu


@mutant("M02-18f", loses=["v8_example_convolution", "v8_values", "v8_causality"])
def dilated_causal_conv1d(x, w, b, dilation):
    """An unfinished function returns zeros of the right shape: dilated_causal_conv1d."""
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))
    return 0 * sum(padded[:, j * dilation : j * dilation + T] @ w[j] for j in range(K))


@mutant("M02-30a", loses=["v8_values"])
def dilated_causal_conv1d(x, w, b, dilation):
    """A filter may not look back further than the sequence is long."""
    T, K = x.shape[1], w.shape[0]
    out = np.zeros((x.shape[0], T, w.shape[2])) + b
    for j in range(K):
        past = (K - 1 - j) * dilation
        out[:, past:] += x[:, : T - past] @ w[j]
    return out


@mutant("M02-30b", loses=["v8_decode"])
def mulaw_decode(q, mu=255):
    """The samples are those of mu = 255, whatever was asked for."""
    y = 2 * np.asarray(q, dtype=float) / mu - 1
    return np.sign(y) * (256 ** np.abs(y) - 1) / 255


@mutant("M02-30c", loses=["v8_values"])
def dilated_causal_conv1d(x, w, b, dilation):
    """NumPy's own convolution, channel by channel."""
    (N, T, C_in), (K, _, C_out) = x.shape, w.shape
    out = np.zeros((N, T, C_out)) + b
    for n, i, o in np.ndindex(N, C_in, C_out):
        taps = np.zeros((K - 1) * dilation + 1)
        taps[::dilation] = w[::-1, i, o]
        out[n, :, o] += np.convolve(x[n, :, i], taps)[:T]
    return out


@mutant("M02-30d", loses=["v8_example_convolution", "v8_values", "v8_causality"])
def dilated_causal_conv1d(x, w, b, dilation):
    """The present alone is seen: no look into the future, and none into the past."""
    return x @ w[-1] + b
