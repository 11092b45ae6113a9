"""M01-9: one column of the mask is drawn: whole examples are dropped.

file: layers.py
loses: b6_mask
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(len(x), *[1] * (x.ndim - 1)) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
