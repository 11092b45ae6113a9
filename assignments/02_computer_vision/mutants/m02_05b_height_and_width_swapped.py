"""M02-5b Height and width of the window are swapped in the forward pass.

file: layers.py
loses: v3_values, v3_properties
"""


def max_pool_forward_naive(x, pool_param):
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
