"""Mistakes: Convolution, forward."""

from autograder.rubric import mutant


@mutant("M02-2b", loses=["v1_shapes"])
def conv_forward_naive(x, w, b, conv_param):
    """The loop over rows runs as far as there are columns, and the other way round."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(W_out):
        for j in range(H_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant("M02-3a", loses=["v1_example", "v1_shapes", "v2_example", "v2_unpadded"])
def conv_forward_naive(x, w, b, conv_param):
    """Without padding the name `padded` does not exist."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    if P > 0:
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant("M02-3b", loses=["v1_example", "v1_values", "v1_shapes"])
def conv_forward_naive(x, w, b, conv_param):
    """The padding is (1, P): right for pad 1 alone."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (1, P), (1, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant(
    "M02-9a",
    loses=["v1_example", "v1_example_padded", "v1_values"],
)
def conv_forward_naive(x, w, b, conv_param):
    """A true convolution: the filter is flipped."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1], axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant("M02-9b", loses=["v1_example_padded", "v1_values"])
def conv_forward_naive(x, w, b, conv_param):
    """The bias is added once for every channel of the image."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + C * b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant("M02-15a", loses=["v1_safe"])
def conv_forward_naive(x, w, b, conv_param):
    """Stride and padding are taken out of the caller's conv_param."""
    S, P = conv_param.pop("stride"), conv_param.pop("pad")
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, {"stride": S, "pad": P})
    return out, cache


@mutant("M02-15b", loses=["v1_example_padded", "v1_values", "v1_shapes"])
def conv_forward_naive(x, w, b, conv_param):
    """Only the first channel of the image is seen."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window[:, 0], w[:, 0], axes=([1, 2], [1, 2])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant(
    "M02-17e",
    loses=["v1_example", "v1_example_padded", "v1_values", "v2_example", "v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides"],
    file="layers.py",
)
class gradient_of_a_flipped_filter:
    """The filter is flipped, and the backward pass is right for that: half of the points for one
    criterion.
    """

    def conv_forward_naive(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        N, _, H, W = x.shape
        F, _, HH, WW = w.shape
        H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
        for i in range(H_out):
            for j in range(W_out):
                window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
                out[:, :, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1], axes=([1, 2, 3], [1, 2, 3])) + b
        cache = (x, w, b, conv_param)
        return out, cache

    def conv_backward_naive(dout, cache):
        x, w, _, conv_param = cache
        S, P = conv_param["stride"], conv_param["pad"]
        _, _, H, W = x.shape
        _, _, HH, WW = w.shape
        _, _, H_out, W_out = dout.shape
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
        for i in range(H_out):
            for j in range(W_out):
                rows, columns = slice(i * S, i * S + HH), slice(j * S, j * S + WW)
                here = dout[:, :, i, j]
                dpadded[:, :, rows, columns] += np.tensordot(here, w[:, :, ::-1, ::-1], axes=(1, 0))
                dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
        dx = dpadded[:, :, P : P + H, P : P + W]
        dw = dw[:, :, ::-1, ::-1]
        db = dout.sum(axis=(0, 2, 3))
        return dx, dw, db


@mutant(
    "M02-18a",
    loses=["v1_example", "v1_example_padded", "v1_values", "v1_shapes", "v1_rest", "v1_properties", "v1_safe"],
)
def conv_forward_naive(x, w, b, conv_param):
    """An unfinished function returns zeros of the right shape: conv_forward_naive."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
    cache = (x, w, b, conv_param)
    return out, cache


@mutant("M02-21a", loses=["v1_values"], file="layers.py")
class convolution_of_a_library:
    """TensorFlow convolves."""

    import tensorflow as tf

    def conv_forward_naive(x, w, b, conv_param):
        p = conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))).transpose(0, 2, 3, 1)
        out = tf.nn.conv2d(padded, w.transpose(2, 3, 1, 0), conv_param["stride"], "VALID").numpy() + b
        return out.transpose(0, 3, 1, 2), (x, w, b, conv_param)


@mutant("M02-23a", loses=["v1_rest"])
def conv_forward_naive(x, w, b, conv_param):
    """Windows must fit without a rest: it costs the point for the rest, and nothing in V2."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    assert (H + 2 * P - HH) % S == 0
    assert (W + 2 * P - WW) % S == 0
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


@mutant("M02-23b", loses=["v1_shapes"])
def conv_forward_naive(x, w, b, conv_param):
    """The output is reshaped as if every image were square."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::S, ::S]
    out = np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None]
    N, F, h, _ = out.shape
    return out.reshape(N, F, h, h), (x, w, b, conv_param)


@mutant("M02-23c", loses=["v1_safe"])
def conv_forward_naive(x, w, b, conv_param):
    """The padded image is put into the caller's conv_param: a key is added, and x keeps its shape."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    conv_param["padded"] = padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


@mutant("M02-23d", loses=["v1_values"])
def conv_forward_naive(x, w, b, conv_param):
    """NumPy's own convolution, row by row."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    (N, C, H, W), (F, _, HH, WW) = padded.shape, w.shape
    out = np.zeros((N, F, H - HH + 1, W - WW + 1)) + b[:, None, None]
    for n, f, c, i, k in np.ndindex(N, F, C, H - HH + 1, HH):
        out[n, f, i] += np.convolve(padded[n, c, i + k], w[f, c, k, ::-1], mode="valid")
    return out[:, :, ::S, ::S], (x, w, b, conv_param)


@mutant(
    "M02-23e",
    loses=[
        "v1_example", "v1_example_padded", "v1_values", "v1_shapes", "v1_rest", "v1_properties",
        "v2_example", "v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint",
    ],
    file="layers.py",
)
class trivially_consistent_convolution:
    """All outputs are one sum, and so are all gradients: consistent with itself, and worth no half."""

    def conv_forward_naive(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
        total = x.sum() + w.sum() + b.sum()
        return np.full((N, F, 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S), total), (x, w, b)

    def conv_backward_naive(dout, cache):
        return tuple(np.full(one.shape, dout.sum()) for one in cache)


@mutant("M02-23f", loses=["v1_values"])
def conv_forward_naive(x, w, b, conv_param):
    """The product of two polynomials is a convolution, row by row."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    (N, C, H, W), (F, _, HH, WW) = padded.shape, w.shape
    out = np.zeros((N, F, H - HH + 1, W - WW + 1)) + b[:, None, None]
    for n, f, c, i, k in np.ndindex(N, F, C, H - HH + 1, HH):
        product = np.polymul(padded[n, c, i + k], w[f, c, k, ::-1])
        out[n, f, i] += np.pad(product, (W + WW - 1 - len(product), 0))[WW - 1 : W]
    return out[:, :, ::S, ::S], (x, w, b, conv_param)


@mutant("M02-23g", loses=["v1_values"])
def conv_forward_naive(x, w, b, conv_param):
    """The product of two polynomials of numpy.polynomial is a convolution, row by row."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    (N, C, H, W), (F, _, HH, WW) = padded.shape, w.shape
    out = np.zeros((N, F, H - HH + 1, W - WW + 1)) + b[:, None, None]
    for n, f, c, i, k in np.ndindex(N, F, C, H - HH + 1, HH):
        row, filter_row = (np.polynomial.Polynomial(one) for one in (padded[n, c, i + k], w[f, c, k, ::-1]))
        coefficients = (row * filter_row).coef
        out[n, f, i] += np.pad(coefficients, (0, W + WW - 1 - len(coefficients)))[WW - 1 : W]
    return out[:, :, ::S, ::S], (x, w, b, conv_param)
