"""M02-12d The first tap sees the present.

file: vision.py
loses: v8_example_convolution, v8_values
"""


def dilated_causal_conv1d(x, w, b, dilation):
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))
    return sum(padded[:, j * dilation : j * dilation + T] @ w[K - 1 - j] for j in range(K)) + b
