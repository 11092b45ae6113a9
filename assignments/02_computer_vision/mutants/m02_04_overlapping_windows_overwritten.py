"""M02-4 dx of a window is assigned, not added: lost where windows overlap.

file: layers.py
loses: v3_overlap, v3_properties
"""


def max_pool_backward_naive(dout, cache):
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
