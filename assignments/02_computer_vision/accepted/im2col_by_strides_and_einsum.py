"""Accepted: windows by as_strided, the sum by einsum.

file: layers.py
loses:
"""


def conv_forward_im2col(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    N, C, H, W = xp.shape
    HH, WW = w.shape[2:]
    shape = (N, C, (H - HH) // s + 1, (W - WW) // s + 1, HH, WW)
    n, c, h, v = xp.strides
    windows = np.lib.stride_tricks.as_strided(xp, shape, (n, c, s * h, s * v, h, v))
    return np.einsum("nchwij,fcij->nfhw", windows, w, optimize=True) + b[:, None, None], None
