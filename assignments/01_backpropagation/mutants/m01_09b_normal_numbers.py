"""M01-9: randn instead of rand: the share of numbers below p is another.

file: layers.py
loses: b6_mask
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.randn(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
