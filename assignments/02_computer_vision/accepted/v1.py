"""Other right answers: Convolution, forward."""

from autograder.rubric import accepted


@accepted("the_formula_of_v1")
def conv_forward_naive(x, w, b, conv_param):
    """The formula: out = b_f + the sum over c, k and l of x_hat[n, c, iS + k, jS + l] w[f, c, k, l]."""
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    x_hat = np.zeros((N, C, H + 2 * P, W + 2 * P))
    x_hat[:, :, P : P + H, P : P + W] = x
    out = np.zeros((N, F, 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S))
    for n, f, i, j in np.ndindex(out.shape):
        out[n, f, i, j] = b[f] + sum(
            x_hat[n, c, i * S + k, j * S + l] * w[f, c, k, l] for c in range(C) for k in range(HH) for l in range(WW)
        )
    return out, (x, w, b, conv_param)


@accepted("nested_lists_come_back")
def conv_forward_naive(x, w, b, conv_param):
    """Where an array is due, a list of numbers will do."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    HH, WW = w.shape[2:]
    rows, columns = range(0, padded.shape[2] - HH + 1, S), range(0, padded.shape[3] - WW + 1, S)
    out = [
        [[[float(np.vdot(one[:, i : i + HH, j : j + WW], f) + bias) for j in columns] for i in rows] for f, bias in zip(w, b)]
        for one in padded
    ]
    return [out, (x, w, b, conv_param)]


@accepted("own_method_named_conv", file="layers.py")
class own_names:
    """A class, a method and functions of the student's own are named as a library's are."""

    class Ops:
        def conv(self, window, w):
            return correlate(window, w)

        def max_pool(self, window):
            return window.max(axis=(2, 3))

    def correlate(window, w):
        return np.einsum("nchw,fchw->nf", window, w)

    def conv2d(x, w, b, S, P):
        N, _, H, W = x.shape
        F, _, HH, WW = w.shape
        x = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
        out = np.zeros((N, F, 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S))
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[:, :, i, j] = Ops().conv(x[:, :, i * S : i * S + HH, j * S : j * S + WW], w) + b
        return out

    def conv_forward_naive(x, w, b, conv_param):
        return conv2d(x, w, b, conv_param["stride"], conv_param["pad"]), (x, w, b, conv_param)

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
        rows, columns = range(0, x.shape[2] - HH + 1, S), range(0, x.shape[3] - WW + 1, S)
        out = np.stack([np.stack([Ops().max_pool(x[:, :, i : i + HH, j : j + WW]) for j in columns], 2) for i in rows], 2)
        return out, (x, pool_param)


@accepted("convolution_by_fourier_transform")
def conv_forward_naive(x, w, b, conv_param):
    """Products of Fourier transforms, which are NumPy's but no convolution of a library's."""
    S, P = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    size, (HH, WW) = padded.shape[2:], w.shape[2:]
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.rfft2(padded), np.conj(np.fft.rfft2(w, size)))
    out = np.fft.irfft2(spectrum, size)[:, :, : size[0] - HH + 1 : S, : size[1] - WW + 1 : S]
    return out + b[:, None, None], (x, w, b, conv_param)


@accepted("in_place_on_its_own_copies")
def conv_forward_naive(x, w, b, conv_param):
    """Sizes by int(... / S), a copy that is changed, sums in place; conv_param with defaults."""
    S, P = conv_param.get("stride", 1), conv_param.get("pad", 0)
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    out = np.zeros((N, F, int(1 + (H + 2 * P - HH) / S), int(1 + (W + 2 * P - WW) / S)))
    x = x.copy()
    if P:
        x = np.concatenate([np.zeros((N, C, P, W)), x, np.zeros((N, C, P, W))], axis=2)
        x = np.concatenate([np.zeros((N, C, H + 2 * P, P)), x, np.zeros((N, C, H + 2 * P, P))], axis=3)
    out += b.reshape(1, F, 1, 1)
    for k in range(HH):
        for l in range(WW):
            for c in range(C):
                shifted = x[:, c, k : k + S * out.shape[2] : S, l : l + S * out.shape[3] : S]
                out += shifted[:, None, : out.shape[2], : out.shape[3]] * w[:, c, k, l].reshape(1, F, 1, 1)
    return out, (x[:, :, P : P + H, P : P + W], w, b, dict(stride=S, pad=P))


@accepted("imports_of_cs231n", file="layers.py")
class imports_of_that_course:
    """"Work written for that course can be handed in here", with imports of its helpers, which are not there."""

    from builtins import range
    from past.builtins import xrange
    from cs231n.fast_layers import *
    from cs231n.gradient_check import eval_numerical_gradient_array

    def conv_forward_naive(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        N, C, H, W = x.shape
        F, _, HH, WW = w.shape
        x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
        out = np.zeros((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
        for n in range(N):
            for f in range(F):
                for i in range(out.shape[2]):
                    for j in range(out.shape[3]):
                        window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                        out[n, f, i, j] = np.sum(window * w[f]) + b[f]
        return out, (x, w, b, conv_param)
