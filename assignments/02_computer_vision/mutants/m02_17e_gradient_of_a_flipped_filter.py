"""M02-17e The filter is flipped, and the backward pass is right for that: half of the points for one criterion.

file: layers.py
loses: v1_example, v1_example_padded, v1_values, v1_shapes, v1_properties, v2_example, v2_example_batch, v2_gradients, v2_unpadded, v2_strides
"""


def conv_forward_naive(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty((N, F, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, :, i * S : i * S + HH, j * S : j * S + WW]
            out[:, :, i, j] = np.tensordot(window, w[:, :, ::-1, ::-1], axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
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
    dx = dpadded[:, :, P : P + H, P : P + W]
    dw = dw[:, :, ::-1, ::-1]
    db = dout.sum(axis=(0, 2, 3))
    return dx, dw, db
