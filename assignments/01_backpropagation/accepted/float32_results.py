"""Accepted: results in float32 where float64 was fed are accepted, at the precision of float32.

file: layers.py
loses:
"""


def _single(function):
    def inner(*args):
        result = function(*args)
        if not isinstance(result, tuple):
            return result.astype(np.float32)
        return tuple(np.float32(part) if isinstance(part, (float, np.floating)) else
                     part.astype(np.float32) if isinstance(part, np.ndarray) else part for part in result)
    return inner



affine_backward = _single(affine_backward)
relu_backward = _single(relu_backward)
softmax_loss = _single(softmax_loss)
batchnorm_backward = _single(batchnorm_backward)
batchnorm_backward_alt = _single(batchnorm_backward_alt)
layernorm_backward = _single(layernorm_backward)
dropout_backward = _single(dropout_backward)


def _single_out(function):
    def inner(*args):
        out, cache = function(*args)
        return out.astype(np.float32), cache
    return inner


affine_forward = _single_out(affine_forward)
relu_forward = _single_out(relu_forward)
batchnorm_forward = _single_out(batchnorm_forward)
layernorm_forward = _single_out(layernorm_forward)
dropout_forward = _single_out(dropout_forward)
