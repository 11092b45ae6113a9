"""M02-12a Half of the zeros go to the right: the filter looks into the future.

file: vision.py
loses: v8_example_convolution, v8_values, v8_causality
"""


def dilated_causal_conv1d(x, w, b, dilation):
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation
    padded = np.pad(x, ((0, 0), (past // 2, past - past // 2), (0, 0)))
    return sum(padded[:, j * dilation : j * dilation + T] @ w[j] for j in range(K)) + b
