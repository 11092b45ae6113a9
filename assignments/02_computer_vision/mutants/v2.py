"""Mistakes: Convolution, backward."""

from autograder.rubric import mutant


@mutant("M02-1", loses=["v2_example", "v2_unpadded"])
def conv_backward_naive(dout, cache):
    """dxp[:, :, pad:-pad, pad:-pad] is empty for pad 0."""
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
            dpadded[:, :, rows, columns] += np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P:-P, P:-P]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mutant("M02-2a", loses=["v1_shapes"])
def conv_forward_naive(x, w, b, conv_param):
    """W' is computed with HH."""
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - HH) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


@mutant(
    "M02-17a",
    loses=["v2_example", "v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint"],
)
def conv_backward_naive(dout, cache):
    """dx of a window is assigned, not added."""
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
            dpadded[:, :, rows, columns] = np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P : P + H, P : P + W]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mutant("M02-17b", loses=["v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint"])
def conv_backward_naive(dout, cache):
    """dw is divided by the size of the batch."""
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
            dpadded[:, :, rows, columns] += np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P : P + H, P : P + W]
    dw /= len(x)
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mutant("M02-17c", loses=["v2_example_batch", "v2_gradients", "v2_strides"])
def conv_backward_naive(dout, cache):
    """db sums over filters and rows, not over images and pixels."""
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
            dpadded[:, :, rows, columns] += np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P : P + H, P : P + W]
    db = dout.sum(axis=(1, 2, 3))
    return dx, dw, db


@mutant("M02-17d", loses=["v2_strides"])
def conv_backward_naive(dout, cache):
    """The backward pass takes windows one pixel apart."""
    x, w, _, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    _, _, H, W = x.shape
    _, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(H_out):
        for j in range(W_out):
            rows, columns = slice(i, i + HH), slice(j, j + WW)
            here = dout[:, :, i, j]
            dpadded[:, :, rows, columns] += np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P : P + H, P : P + W]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db


@mutant("M02-17f", loses=["v2_gradients"])
def conv_backward_naive(dout, cache):
    """The gradient is a difference quotient: right, and endless."""
    x, w, b, conv_param = cache
    gradients = []
    for k in range(3):
        inputs = [x.copy(), w.copy(), b.copy()]
        gradient = np.zeros_like(inputs[k])
        for place in np.ndindex(gradient.shape):
            slopes = []
            for step in (0.5, -0.5):
                inputs[k][place] += step
                slopes.append(np.sum(conv_forward_naive(*inputs, conv_param)[0] * dout))
                inputs[k][place] -= step
            gradient[place] = slopes[0] - slopes[1]
        gradients.append(gradient)
    return tuple(gradients)


@mutant(
    "M02-18b",
    loses=["v2_example", "v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint"],
)
def conv_backward_naive(dout, cache):
    """An unfinished function returns zeros of the right shapes: conv_backward_naive."""
    x, w, b, _ = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)


@mutant("M02-24a", loses=["v2_gradients"], file="layers.py")
class differences_of_a_fast_forward_pass:
    """Finite differences over a forward pass without loops: right, and endless all the same."""

    def conv_forward_naive(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::S, ::S]
        out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        return out + b[:, None, None], (x, w, b, conv_param)

    def conv_backward_naive(dout, cache):
        x, w, b, conv_param = cache
        inputs = [x.copy(), w.copy(), b.copy()]
        at, gradients = np.sum(conv_forward_naive(x, w, b, conv_param)[0] * dout), []
        for one in inputs:
            gradient = np.zeros_like(one)
            for place in np.ndindex(gradient.shape):
                one[place] += 1
                gradient[place] = np.sum(conv_forward_naive(*inputs, conv_param)[0] * dout) - at
                one[place] -= 1
            gradients.append(gradient)
        return tuple(gradients)


@mutant("M02-24b", loses=["v2_strides"])
def conv_backward_naive(dout, cache):
    """The gradient of the image ends with the last window: too small where a rest is left over."""
    x, w, _, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    _, _, HH, WW = w.shape
    N, _, H_out, W_out = dout.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    H, W = (H_out - 1) * S + HH, (W_out - 1) * S + WW
    dpadded, dw = np.zeros((N, x.shape[1], H, W)), np.zeros_like(w)
    for i in range(H_out):
        for j in range(W_out):
            rows, columns = slice(i * S, i * S + HH), slice(j * S, j * S + WW)
            dpadded[:, :, rows, columns] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
            dw += np.tensordot(dout[:, :, i, j], padded[:, :, rows, columns], axes=(0, 0))
    return dpadded[:, :, P : H - P, P : W - P], dw, dout.sum(axis=(0, 2, 3))


@mutant("M02-24c", loses=["v2_example", "v2_example_batch", "v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint"])
def conv_backward_naive(dout, cache):
    """The filter is flipped on the way back, for the image alone: dw and db keep their half."""
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
    return dpadded[:, :, P : P + H, P : P + W], dw, dout.sum(axis=(0, 2, 3))


@mutant("M02-24d", loses=["v2_gradients"], file="layers.py")
class differences_of_a_forward_pass_that_refuses_much:
    """Finite differences, and a forward pass that refuses images for which they would take too long."""

    def conv_forward_naive(x, w, b, conv_param):
        if x.size > 5000:
            raise ValueError("too large")
        S, P = conv_param["stride"], conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::S, ::S]
        out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        return out + b[:, None, None], (x, w, b, conv_param)

    def conv_backward_naive(dout, cache):
        x, w, b, conv_param = cache
        inputs = [x.copy(), w.copy(), b.copy()]
        at, gradients = np.sum(conv_forward_naive(x, w, b, conv_param)[0] * dout), []
        for one in inputs:
            gradient = np.zeros_like(one)
            for place in np.ndindex(gradient.shape):
                one[place] += 1
                gradient[place] = np.sum(conv_forward_naive(*inputs, conv_param)[0] * dout) - at
                one[place] -= 1
            gradients.append(gradient)
        return tuple(gradients)


@mutant(
    "M02-24e", loses=["v2_gradients", "v2_unpadded", "v2_strides", "v2_adjoint"], file="layers.py"
)
class refuses_after_the_first_backward_pass:
    """After the first backward pass the forward pass refuses every other shape: what is not seen earns nothing."""

    seen = []

    def conv_forward_naive(x, w, b, conv_param):
        if seen and seen[0] != x.shape:
            raise ValueError("another shape")
        S, P = conv_param["stride"], conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::S, ::S]
        out = np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        return out + b[:, None, None], (x, w, b, conv_param)

    def conv_backward_naive(dout, cache):
        x, w, _, conv_param = cache
        seen.append(x.shape)
        S, P = conv_param["stride"], conv_param["pad"]
        _, _, H, W = x.shape
        _, _, HH, WW = w.shape
        _, _, H_out, W_out = dout.shape
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
        for i in range(H_out):
            for j in range(W_out):
                rows, columns = slice(i * S, i * S + HH), slice(j * S, j * S + WW)
                dpadded[:, :, rows, columns] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
                dw += np.tensordot(dout[:, :, i, j], padded[:, :, rows, columns], axes=(0, 0))
        return dpadded[:, :, P : P + H, P : P + W], dw, dout.sum(axis=(0, 2, 3))
