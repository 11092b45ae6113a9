"""M02-10c A matrix product for each image.

file: layers.py
loses: v4_example_work, v4_work
"""


def conv_forward_im2col(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    outs = []
    for image in x:
        padded = np.pad(image, ((0, 0), (P, P), (P, P)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(1, 2))[:, ::S, ::S]
        outs.append(np.tensordot(w, windows, axes=([1, 2, 3], [0, 3, 4])) + b[:, None, None])
    return np.array(outs), None
