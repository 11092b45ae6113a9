"""M02-21a TensorFlow convolves.

file: layers.py
loses: v1_values
"""

import tensorflow as tf


def conv_forward_naive(x, w, b, conv_param):
    p = conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))).transpose(0, 2, 3, 1)
    out = tf.nn.conv2d(padded, w.transpose(2, 3, 1, 0), conv_param["stride"], "VALID").numpy() + b
    return out.transpose(0, 3, 1, 2), (x, w, b, conv_param)
