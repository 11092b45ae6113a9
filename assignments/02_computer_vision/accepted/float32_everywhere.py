"""Accepted: a whole file that computes in float32 is accepted, at the precision of float32.

file: layers.py
loses:
"""


def _single(value):
    if isinstance(value, (np.ndarray, float)) and np.asarray(value).dtype.kind == "f":
        return np.asarray(value, dtype=np.float32)
    return tuple(_single(part) for part in value) if isinstance(value, tuple) else value


def _in_single(function):
    return lambda *args: _single(function(*map(_single, args)))


conv_forward_naive, conv_backward_naive = _in_single(conv_forward_naive), _in_single(conv_backward_naive)
max_pool_forward_naive, max_pool_backward_naive = _in_single(max_pool_forward_naive), _in_single(max_pool_backward_naive)
spatial_batchnorm_forward, spatial_batchnorm_backward = _in_single(spatial_batchnorm_forward), _in_single(spatial_batchnorm_backward)
spatial_groupnorm_forward, spatial_groupnorm_backward = _in_single(spatial_groupnorm_forward), _in_single(spatial_groupnorm_backward)
_im2col = conv_forward_im2col


def conv_forward_im2col(x, w, b, conv_param):
    return _single(_im2col(_single(x), _single(w), _single(b), conv_param))
