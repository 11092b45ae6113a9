"""M02-12c The output is dilated, not the filter.

file: vision.py
loses: v8_example_convolution, v8_values, v8_causality
"""


def dilated_causal_conv1d(x, w, b, dilation):
    T, K = x.shape[1], w.shape[0]
    past = K - 1
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))
    padded = np.repeat(padded[:, ::dilation], dilation, axis=1)[:, : past + T]
    return sum(padded[:, j : j + T] @ w[j] for j in range(K)) + b
