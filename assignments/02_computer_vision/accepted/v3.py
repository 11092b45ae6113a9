"""Other right answers: Max pooling."""

from autograder.rubric import accepted


@accepted("pooling_by_loops", file="layers.py")
class loops:
    """A running maximum that starts at the first pixel, and its place for the way back."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        N, C, H, W = x.shape
        out, places = np.zeros((N, C, (H - HH) // S + 1, (W - WW) // S + 1)), {}
        for n, c, i, j in np.ndindex(out.shape):
            best = None
            for k in range(i * S, i * S + HH):
                for l in range(j * S, j * S + WW):
                    if best is None or x[n, c, k, l] > best:
                        best, places[n, c, i, j] = x[n, c, k, l], (n, c, k, l)
            out[n, c, i, j] = best
        return out, (places, x.shape)

    def max_pool_backward_naive(dout, cache):
        places, shape = cache
        dx = np.zeros(shape)
        for output, pixel in places.items():
            dx[pixel] += dout[output]
        return dx


@accepted("pooling_by_shifts", file="layers.py")
class shifts:
    """The maximum of HH · WW shifted images; on the way back, equal pixels share ("share as you like")."""

    def _shifted(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        H_out, W_out = (x.shape[2] - HH) // S + 1, (x.shape[3] - WW) // S + 1
        for k in range(HH):
            for l in range(WW):
                yield np.s_[:, :, k : k + S * (H_out - 1) + 1 : S, l : l + S * (W_out - 1) + 1 : S]

    def max_pool_forward_naive(x, pool_param):
        out = np.maximum.reduce([x[view] for view in _shifted(x, pool_param)])
        return out, (x, out, pool_param)

    def max_pool_backward_naive(dout, cache):
        x, out, pool_param = cache
        number = sum((x[view] == out).astype(float) for view in _shifted(x, pool_param))
        dx = np.zeros(x.shape)
        for view in _shifted(x, pool_param):
            dx[view] += (x[view] == out) * dout / number
        return dx


@accepted("pooling_by_windows", file="layers.py")
class windows:
    """Windows as a view, places by argmax, np.add.at on flat indices; a list comes back, and an axis of length 1 more."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        view = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::S, ::S]
        flat = view.reshape(*view.shape[:4], HH * WW)
        return [flat.max(axis=-1, keepdims=True), (flat.argmax(axis=-1), x.shape, WW, S)]

    def max_pool_backward_naive(dout, cache):
        place, shape, WW, S = cache
        n, c, i, j = np.indices(dout.shape)
        dx = np.zeros(shape)
        np.add.at(dx, (n, c, i * S + place // WW, j * S + place % WW), dout)
        return dx.tolist()


@accepted("pooling_asks_every_pixel", file="layers.py")
class every_pixel:
    """Every pixel asks each window whether it is its largest: no faster than it must be, and in time."""

    def max_pool_forward_naive(x, pool_param):
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        N, C, H, W = x.shape
        out = np.zeros((N, C, (H - HH) // S + 1, (W - WW) // S + 1))
        for n in range(N):
            for c in range(C):
                for i in range(out.shape[2]):
                    for j in range(out.shape[3]):
                        out[n, c, i, j] = np.max(x[n, c, i * S : i * S + HH, j * S : j * S + WW])
        return out, (x, pool_param)

    def max_pool_backward_naive(dout, cache):
        x, pool_param = cache
        HH, WW, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        dx = np.zeros(x.shape)
        for n, c, i, j in np.ndindex(dout.shape):
            for k in range(HH):
                for l in range(WW):
                    window = x[n, c, i * S : i * S + HH, j * S : j * S + WW]
                    if x[n, c, i * S + k, j * S + l] == np.max(window):
                        dx[n, c, i * S + k, j * S + l] += dout[n, c, i, j]
        return dx
