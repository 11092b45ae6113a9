"""Other right answers: Convolution without loops."""

from autograder.rubric import accepted


@accepted("loop_over_the_filter_alone")
def conv_forward_im2col(x, w, b, conv_param):
    """A loop over the pixels of the filter does not grow with the image."""
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    HH, WW = w.shape[2:]
    rows, columns = 1 + (xp.shape[2] - HH) // s, 1 + (xp.shape[3] - WW) // s
    out = 0
    for k in range(HH):
        for l in range(WW):
            out = out + np.tensordot(xp[:, :, k : k + s * rows : s, l : l + s * columns : s][:, :, :rows, :columns], w[:, :, k, l], axes=(1, 1))
    return np.moveaxis(out, 3, 1) + b.reshape(1, -1, 1, 1), (x, w)
