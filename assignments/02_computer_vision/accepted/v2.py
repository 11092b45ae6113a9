"""Other right answers: Convolution, backward."""

from autograder.rubric import accepted


@accepted("the_recipe_of_v2")
def conv_backward_naive(dout, cache):
    """The recipe: the gradient of the padded image, of which the padding is cut off; all that was used several times sums."""
    x, w, b, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    HH, WW = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    dxp, dw, db = np.zeros(xp.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        dxp[n, :, i * S : i * S + HH, j * S : j * S + WW] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * xp[n, :, i * S : i * S + HH, j * S : j * S + WW]
        db[f] += dout[n, f, i, j]
    return dxp[:, :, P : dxp.shape[2] - P, P : dxp.shape[3] - P], dw, db


@accepted("pixel_by_pixel")
def conv_backward_naive(dout, cache):
    """Every pixel asks all windows of its image whether they saw it: slow, and right."""
    x, w, b, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW), (H_out, W_out) = x.shape, w.shape, dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(N):
        for c in range(C):
            for h in range(H):
                for v in range(W):
                    total = 0.0
                    for f in range(F):
                        for i in range(H_out):
                            for j in range(W_out):
                                k, l = h + P - i * S, v + P - j * S
                                if 0 <= k < HH and 0 <= l < WW:
                                    total += dout[n, f, i, j] * w[f, c, k, l]
                    dx[n, c, h, v] = total
    for f in range(F):
        for c in range(C):
            for k in range(HH):
                for l in range(WW):
                    for n in range(N):
                        for i in range(H_out):
                            for j in range(W_out):
                                dw[f, c, k, l] += dout[n, f, i, j] * xp[n, c, i * S + k, j * S + l]
    return dx, dw, dout.sum(axis=3).sum(axis=2).sum(axis=0)


@accepted("a_convolution_of_the_spread_gradient")
def conv_backward_naive(dout, cache):
    """dout with zeros between its values, padded, and convolved with the turned filter."""
    x, w, b, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    spread = np.zeros((N, F, H + 2 * P - HH + 1, W + 2 * P - WW + 1))
    spread[:, :, ::S, ::S][:, :, : dout.shape[2], : dout.shape[3]] = dout
    wide = np.pad(spread, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (HH, WW), axis=(2, 3))
    dxp = np.einsum("nfhwkl,fckl->nchw", windows, w[:, :, ::-1, ::-1])
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    seen = np.lib.stride_tricks.sliding_window_view(xp, spread.shape[2:], axis=(2, 3))
    dw = np.einsum("nfhw,nckl hw->fckl".replace(" ", ""), spread, seen)
    return dxp[:, :, P : P + H, P : P + W], dw, np.einsum("nfhw->f", dout)


@accepted("columns_into_an_image", file="layers.py")
class columns:
    """The forward pass keeps its columns, np.add.at puts gradients back; db has axes of length 1 more, in a list."""

    def conv_forward_naive(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
        H_out, W_out = (H + 2 * P - HH) // S + 1, (W + 2 * P - WW) // S + 1
        k, i, j = np.indices((C, HH, WW)).reshape(3, -1, 1)
        i = i + S * np.repeat(np.arange(H_out), W_out)
        j = j + S * np.tile(np.arange(W_out), H_out)
        xp = np.pad(x, [(0, 0), (0, 0), (P, P), (P, P)])
        cols = xp[:, k, i, j]
        out = np.matmul(w.reshape(F, -1), cols) + b[:, None]
        cache = {"w": w, "cols": cols, "where": (k, i, j), "padded": xp.shape, "P": P}
        return out.reshape(N, F, H_out, W_out), cache

    def conv_backward_naive(dout, cache):
        w, P = cache["w"], cache["P"]
        flat = dout.reshape(*dout.shape[:2], -1)
        dw = np.matmul(flat, cache["cols"].transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
        dcols = np.matmul(w.reshape(len(w), -1).T, flat)
        dxp = np.zeros(cache["padded"])
        np.add.at(dxp, (slice(None), *cache["where"]), dcols)
        H, W = dxp.shape[2] - 2 * P, dxp.shape[3] - 2 * P
        return [dxp[:, :, P : P + H, P : P + W], dw, flat.sum(axis=(0, 2), keepdims=True)]


@accepted("gradients_in_lists")
def conv_backward_naive(dout, cache):
    """Where arrays are due, lists of numbers will do; dout is copied, and the copy is used up."""
    x, w, _, conv_param = cache
    S, P = conv_param["stride"], conv_param["pad"]
    padded, rest = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P))), dout.copy()
    dxp, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros(len(w))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i * S : i * S + w.shape[2], j * S : j * S + w.shape[3]]
            dxp[window] += np.einsum("nf,fckl->nckl", rest[:, :, i, j], w)
            dw += np.einsum("nf,nckl->fckl", rest[:, :, i, j], padded[window])
            db += rest[:, :, i, j].sum(axis=0)
            rest[:, :, i, j] = 0
    return dxp[:, :, P : P + x.shape[2], P : P + x.shape[3]].tolist(), dw.tolist(), db.tolist()
