"""M02-10a The windows are cut out one by one in a comprehension.

file: layers.py
loses: v4_work
"""


def conv_forward_im2col(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    H_out, W_out = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    cols = np.array([xp[:, :, i * S : i * S + HH, j * S : j * S + WW].reshape(N, -1) for i in range(H_out) for j in range(W_out)])
    out = (cols @ w.reshape(F, -1).T + b).reshape(H_out, W_out, N, F).transpose(2, 3, 0, 1)
    return out, cols
