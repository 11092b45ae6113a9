"""M02-10b The naive convolution is called.

file: layers.py
loses: v4_work
"""


def conv_forward_im2col(x, w, b, conv_param):
    return conv_forward_naive(x, w, b, conv_param)
