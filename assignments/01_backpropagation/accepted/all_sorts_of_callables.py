"""Accepted: a lambda, a functools.partial and a callable object are functions too; helpers and other names are free.

file: layers.py
loses:
"""


import functools

relu_forward = lambda inputs: (inputs * (inputs > 0), inputs)


def _affine(bias_sign, features, weights, biases):
    return np.einsum("nd,dm->nm", features.reshape(features.shape[0], -1), weights) + bias_sign * biases, (features, weights, biases)


affine_forward = functools.partial(_affine, 1)


class _ReluBackward:
    def __call__(self, upstream, saved):
        return upstream * (saved > 0)


relu_backward = _ReluBackward()


def layernorm_forward(inputs, scale, shift, options=None):
    result, saved = batchnorm_forward(inputs.T, np.ones(len(inputs)), np.zeros(len(inputs)), {"mode": "train", **(options or {})})
    return scale * result.T + shift, (scale, result.T, saved)


def layernorm_backward(upstream, saved):
    scale, normalised, inner = saved
    dx, _, _ = batchnorm_backward((upstream * scale).T, inner)
    return dx.T, (upstream * normalised).sum(axis=0), upstream.sum(axis=0)
