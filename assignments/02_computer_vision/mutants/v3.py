"""Mistakes: Max pooling."""

from autograder.rubric import mutant


@mutant("M02-4", loses=["v3_overlap"])
def max_pool_backward_naive(dout, cache):
    """dx of a window is assigned, not added: lost where windows overlap."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, _, _ = x.shape
    _, _, H_out, W_out = dout.shape
    n, c = np.ogrid[:N, :C]
    dx = np.zeros_like(x)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, C, HH * WW)
            row, column = np.divmod(window.argmax(axis=2), WW)
            dx[n, c, i * S + row, j * S + column] = dout[:, :, i, j]
    return dx


@mutant("M02-5a", loses=["v3_shapes"])
def max_pool_forward_naive(x, pool_param):
    """pool_height is taken for the width, too."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_height"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // S, 1 + (W - WW) // S
    out = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = window.max(axis=(2, 3))
    cache = (x, pool_param)
    return out, cache


@mutant("M02-5b", loses=["v3_shapes"])
def max_pool_forward_naive(x, pool_param):
    """Height and width of the window are swapped in the forward pass."""
    HH, WW, S = pool_param["pool_width"], pool_param["pool_height"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // S, 1 + (W - WW) // S
    out = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = window.max(axis=(2, 3))
    cache = (x, pool_param)
    return out, cache


@mutant("M02-5c", loses=["v3_gradient", "v3_overlap"])
def max_pool_backward_naive(dout, cache):
    """The place in the window is found by dividing by its height."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, _, _ = x.shape
    _, _, H_out, W_out = dout.shape
    n, c = np.ogrid[:N, :C]
    dx = np.zeros_like(x)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, C, HH * WW)
            row, column = np.divmod(window.argmax(axis=2), HH)
            dx[n, c, i * S + row, j * S + column] += dout[:, :, i, j]
    return dx


@mutant("M02-6a", loses=["v3_example_forward", "v3_values", "v3_shapes", "v3_rest"])
def max_pool_forward_naive(x, pool_param):
    """The output is filled at the coordinates of the input."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // S, 1 + (W - WW) // S
    out = np.zeros((N, C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i * S : i * S + HH, j * S : j * S + WW] = window.max(axis=(2, 3), keepdims=True)
    cache = (x, pool_param)
    return out, cache


@mutant("M02-6b", loses=["v3_example_forward", "v3_values"])
def max_pool_forward_naive(x, pool_param):
    """The running maximum starts at 0."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // S, 1 + (W - WW) // S
    out = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = window.max(axis=(2, 3), initial=0)
    cache = (x, pool_param)
    return out, cache


@mutant("M02-18c", loses=["v3_example_backward", "v3_gradient", "v3_overlap", "v3_conservation"])
def max_pool_backward_naive(dout, cache):
    """An unfinished function returns zeros of the right shape: max_pool_backward_naive."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, _, _ = x.shape
    _, _, H_out, W_out = dout.shape
    n, c = np.ogrid[:N, :C]
    dx = np.zeros_like(x)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, C, HH * WW)
            row, column = np.divmod(window.argmax(axis=2), WW)
    return dx


@mutant("M02-19a", loses=["v3_example_backward", "v3_gradient", "v3_overlap"])
def max_pool_backward_naive(dout, cache):
    """The gradient is shared by all pixels of the window, as in average pooling."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, _, _ = x.shape
    _, _, H_out, W_out = dout.shape
    n, c = np.ogrid[:N, :C]
    dx = np.zeros_like(x)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, C, HH * WW)
            dx[:, :, i * S : i * S + HH, j * S : j * S + WW] += dout[:, :, i : i + 1, j : j + 1] / (HH * WW)
    return dx


@mutant("M02-19b", loses=["v3_conservation"])
def max_pool_backward_naive(dout, cache):
    """dout is set to zero where it was used."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, _, _ = x.shape
    _, _, H_out, W_out = dout.shape
    n, c = np.ogrid[:N, :C]
    dx = np.zeros_like(x)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, C, HH * WW)
            row, column = np.divmod(window.argmax(axis=2), WW)
            dx[n, c, i * S + row, j * S + column] += dout[:, :, i, j]
            dout[:, :, i, j] = 0
    return dx


@mutant("M02-19c", loses=["v3_properties"])
def max_pool_forward_naive(x, pool_param):
    """The largest pixel of each window is marked in the image itself."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // S, 1 + (W - WW) // S
    out = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = window.max(axis=(2, 3))
    x += 0.5 * (x == x.max())
    cache = (x, pool_param)
    return out, cache


@mutant("M02-25a", loses=["v3_rest"])
def max_pool_forward_naive(x, pool_param):
    """Windows must fit without a rest: it costs the point for the rest, and nothing on the way back."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    assert (H - HH) % S == 0 and (W - WW) % S == 0
    windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    return windows.max(axis=(4, 5)), (x, pool_param)


@mutant("M02-25b", loses=["v3_shapes"])
def max_pool_forward_naive(x, pool_param):
    """The output is reshaped as if every image were square."""
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    N, C, h = windows.shape[:3]
    return windows.max(axis=(4, 5)).reshape(N, C, h, h), (x, pool_param)


@mutant("M02-25c", loses=["v3_values", "v3_overlap"])
def max_pool_forward_naive(x, pool_param):
    """The window is taken for the stride: right where windows lie apart."""
    HH, WW = pool_param["pool_height"], pool_param["pool_width"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // HH, 1 + (W - WW) // WW
    out = np.empty((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            out[:, :, i, j] = x[:, :, i * HH : i * HH + HH, j * WW : j * WW + WW].max(axis=(2, 3))
    return out, (x, pool_param)


@mutant(
    "M02-25d",
    loses=[
        "v3_example_forward", "v3_example_backward", "v3_values", "v3_shapes", "v3_rest", "v3_properties",
        "v3_gradient", "v3_overlap",
    ],
    file="layers.py",
)
class average_pooling:
    """Average pooling, forwards and backwards: the gradient is right for that, and earns half."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
        return windows.mean(axis=(4, 5)), (x, pool_param)

    def max_pool_backward_naive(dout, cache):
        x, pool_param = cache
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        dx = np.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[:, :, i * S : i * S + HH, j * S : j * S + WW] += dout[:, :, i, j, None, None] / (HH * WW)
        return dx


@mutant(
    "M02-25e",
    loses=["v3_example_forward", "v3_example_backward", "v3_values", "v3_shapes", "v3_rest", "v3_gradient", "v3_overlap"],
    file="layers.py",
)
class first_pixels:
    """The first pixel of each window, and its gradient: consistent with itself, and worth no half."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        return x[:, :, : x.shape[2] - HH + 1 : S, : x.shape[3] - WW + 1 : S].copy(), (x, S)

    def max_pool_backward_naive(dout, cache):
        x, S = cache
        dx = np.zeros_like(x)
        dx[:, :, : dout.shape[2] * S : S, : dout.shape[3] * S : S] = dout
        return dx


@mutant("M02-25f", loses=["v3_values"], file="layers.py")
class pooling_of_a_library:
    """TensorFlow pools."""

    import tensorflow as tf

    def max_pool_forward_naive(x, pool_param):
        size = pool_param["pool_height"], pool_param["pool_width"]
        out = tf.nn.max_pool2d(x.transpose(0, 2, 3, 1), size, pool_param["stride"], "VALID").numpy()
        return out.transpose(0, 3, 1, 2), (x, pool_param)


@mutant("M02-25g", loses=["v3_gradient"])
def max_pool_backward_naive(dout, cache):
    """The gradient is a difference quotient over a fast pooling: right, and endless."""
    x, pool_param = cache
    HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H_out, W_out = dout.shape[2:]

    def loss(x):
        views = (x[:, :, k : k + S * (H_out - 1) + 1 : S, l : l + S * (W_out - 1) + 1 : S] for k in range(HH) for l in range(WW))
        out = next(views)
        for view in views:
            out = np.maximum(out, view)
        return np.sum(out * dout)

    x = x.copy()
    at, dx = loss(x), np.zeros(x.shape)
    for pixel in np.ndindex(x.shape):
        x[pixel] += 1e-6
        dx[pixel] = (loss(x) - at) / 1e-6
        x[pixel] -= 1e-6
    return dx


@mutant("M02-25h", loses=["v3_gradient"], file="layers.py")
class differences_of_a_pooling_that_refuses_much:
    """Finite differences, and a forward pass that refuses images for which they would take too long."""

    def max_pool_forward_naive(x, pool_param):
        if x.size > 5000:
            raise ValueError("too large")
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
        return windows.max(axis=(4, 5)), (x, pool_param)

    def max_pool_backward_naive(dout, cache):
        x, pool_param = cache
        dx = np.zeros(x.shape)
        for pixel in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[pixel] += 1e-6
            down[pixel] -= 1e-6
            slopes = max_pool_forward_naive(up, pool_param)[0] - max_pool_forward_naive(down, pool_param)[0]
            dx[pixel] = np.sum(slopes * dout) / 2e-6
        return dx


@mutant("M02-25i", loses=["v3_example_backward", "v3_gradient", "v3_overlap", "v3_conservation"], file="layers.py")
class refuses_after_the_first_backward_pass:
    """After the first backward pass the forward pass refuses every other shape: what is not seen earns nothing."""

    seen = []

    def max_pool_forward_naive(x, pool_param):
        if seen and seen[0] != x.shape:
            raise ValueError("another shape")
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
        return windows.max(axis=(4, 5)), (x, pool_param)

    def max_pool_backward_naive(dout, cache):
        x, pool_param = cache
        seen.append(x.shape)
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        dx = np.zeros_like(x)
        for n, c, i, j in np.ndindex(dout.shape):
            window = x[n, c, i * S : i * S + HH, j * S : j * S + WW]
            row, column = np.unravel_index(window.argmax(), window.shape)
            dx[n, c, i * S + row, j * S + column] += dout[n, c, i, j]
        return dx


@mutant(
    "M02-25j",
    loses=[
        "v3_example_forward", "v3_example_backward", "v3_values", "v3_shapes", "v3_rest", "v3_properties",
        "v3_gradient", "v3_overlap", "v3_conservation",
    ],
    file="layers.py",
    nothing_right=True,
)
class sum_of_everything:
    """Every output is the sum of all pixels: consistent with itself, and no pooling."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        N, C, H, W = x.shape
        return np.full((N, C, 1 + (H - HH) // S, 1 + (W - WW) // S), x.sum()), x

    def max_pool_backward_naive(dout, cache):
        return np.full(cache.shape, dout.sum())
