"""M01-9: the seed is ignored (found while building; not in the table).

file: layers.py
loses: b6_safe
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if False:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
