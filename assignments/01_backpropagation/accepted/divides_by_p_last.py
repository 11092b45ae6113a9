"""Accepted: x / p where kept: differs from x * (mask / p) in the last bit.

file: layers.py
loses:
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    rng = np.random.default_rng(dropout_param.get("seed", None))
    keep = rng.uniform(size=x.shape) <= p if mode == "train" else None
    out = np.where(keep, x, 0) / x.dtype.type(p) if mode == "train" else x
    return out, (p, keep)


def dropout_backward(dout, cache):
    p, keep = cache
    return dout if keep is None else keep * dout / p
