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
