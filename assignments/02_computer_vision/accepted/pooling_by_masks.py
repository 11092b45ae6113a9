"""Accepted: ties in max pooling may be shared: the gradient goes to all pixels equal to the largest.

file: layers.py
loses:
"""


def max_pool_forward_naive(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return windows.max(axis=(4, 5)), {"x": x, "pool_param": pool_param}


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache["x"], cache["pool_param"]
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i * s : i * s + h, j * s : j * s + w]
                    mask = window == np.max(window)
                    dx[n, c, i * s : i * s + h, j * s : j * s + w] += mask / mask.sum() * dout[n, c, i, j]
    return dx
