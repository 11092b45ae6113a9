"""Mistakes: Convolution without loops."""

from autograder.rubric import mutant


@mutant("M02-10a", loses=["v4_work"])
def conv_forward_im2col(x, w, b, conv_param):
    """The windows are cut out one by one in a comprehension."""
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    cols = np.array([xp[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, -1) for i in range(H_out) for j in range(W_out)])
    out = (cols @ w.reshape(F, -1).T + b).reshape(H_out, W_out, N, F).transpose(2, 3, 0, 1)
    return out, cols


@mutant("M02-10b", loses=["v4_work"])
def conv_forward_im2col(x, w, b, conv_param):
    """The naive convolution is called."""
    return conv_forward_naive(x, w, b, conv_param)


@mutant("M02-10c", loses=["v4_example_work", "v4_work"])
def conv_forward_im2col(x, w, b, conv_param):
    """A matrix product for each image."""
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    outs = []
    for image in x:
        padded = np.pad(image, ((0, 0), (P, P), (P, P)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(1, 2))[:, ::S, ::S]
        outs.append(np.tensordot(w, windows, axes=([1, 2, 3], [0, 3, 4])) + b[:, None, None])
    return np.array(outs), None


@mutant("M02-18d", loses=["v4_example", "v4_example_work", "v4_values", "v4_rest", "v4_work", "v4_source"])
def conv_forward_im2col(x, w, b, conv_param):
    """An unfinished function returns zeros of the right shape: conv_forward_im2col."""
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    N, C, H_out, W_out, _, _ = windows.shape
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * H_out * W_out, C * HH * WW)
    columns = w.reshape(F, C * HH * WW).T
    out = 0 * (rows @ columns + b).reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2)
    cache = (rows, w, b, conv_param)
    return out, cache


@mutant("M02-20a", loses=["v4_example", "v4_values"])
def conv_forward_im2col(x, w, b, conv_param):
    """The result is reshaped to (N, F, H', W') without a transpose."""
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    N, C, H_out, W_out, _, _ = windows.shape
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * H_out * W_out, C * HH * WW)
    columns = w.reshape(F, C * HH * WW).T
    out = (rows @ columns + b).reshape(N, F, H_out, W_out)
    cache = (rows, w, b, conv_param)
    return out, cache


@mutant("M02-20b", loses=["v4_source"])
def conv_forward_im2col(x, w, b, conv_param):
    """The images are mapped one by one, inside C."""
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    N, C, H_out, W_out, _, _ = windows.shape
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * H_out * W_out, C * HH * WW)
    columns = w.reshape(F, C * HH * WW).T
    images = rows.reshape(N, H_out * W_out, C * HH * WW)
    out = (np.stack(list(map(columns.__rmatmul__, images))) + b).reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2)
    cache = (rows, w, b, conv_param)
    return out, cache


@mutant("M02-26a", loses=["v4_rest"])
def conv_forward_im2col(x, w, b, conv_param):
    """Windows must fit without a rest, as in the course's own fast layers."""
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    assert (W + 2 * P - WW) % S == 0, "width does not work"
    assert (H + 2 * P - HH) % S == 0, "height does not work"
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None], None


@mutant("M02-26b", loses=["v4_values"])
def conv_forward_im2col(x, w, b, conv_param):
    """The output is reshaped as if every image were square."""
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
    N, C, h = windows.shape[:3]
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * HH * WW)
    return (rows @ w.reshape(F, -1).T + b).reshape(N, h, h, F).transpose(0, 3, 1, 2), None


@mutant("M02-26c", loses=["v4_source"], file="layers.py")
class convolution_of_keras:
    """Keras convolves, without a loop in Python."""

    def conv_forward_im2col(x, w, b, conv_param):
        import keras

        S, P = conv_param["stride"], conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P))).transpose(0, 2, 3, 1)
        out = keras.ops.conv(padded, w.transpose(2, 3, 1, 0), strides=S, padding="valid", data_format="channels_last")
        return np.asarray(out).transpose(0, 3, 1, 2) + b[:, None, None], None
