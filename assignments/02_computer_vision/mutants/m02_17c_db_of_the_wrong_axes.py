"""M02-17c db sums over filters and rows, not over images and pixels.

file: layers.py
loses: v2_example_batch, v2_gradients, v2_unpadded, v2_strides
"""


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
            dpadded[:, :, rows, columns] += np.tensordot(here, w, axes=(1, 0))
            dw += np.tensordot(here, padded[:, :, rows, columns], axes=(0, 0))
    dx = dpadded[:, :, P : P + H, P : P + W]
    db = dout.sum(axis=(1, 2, 3))
    return dx, dw, db
