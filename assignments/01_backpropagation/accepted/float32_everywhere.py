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


affine_forward, affine_backward = _in_single(affine_forward), _in_single(affine_backward)
relu_forward, relu_backward = _in_single(relu_forward), _in_single(relu_backward)
softmax_loss = _in_single(softmax_loss)
batchnorm_forward = _in_single(batchnorm_forward)
batchnorm_backward, batchnorm_backward_alt = _in_single(batchnorm_backward), _in_single(batchnorm_backward_alt)
layernorm_forward, layernorm_backward = _in_single(layernorm_forward), _in_single(layernorm_backward)
dropout_forward, dropout_backward = _in_single(dropout_forward), _in_single(dropout_backward)
