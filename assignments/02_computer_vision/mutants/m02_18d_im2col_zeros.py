"""M02-18d An unfinished function returns zeros of the right shape: conv_forward_im2col.

file: layers.py
loses: v4_example, v4_example_work, v4_values, v4_work, v4_source
"""


def conv_forward_im2col(x, w, b, conv_param):
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
