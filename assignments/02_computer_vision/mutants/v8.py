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
