"""M01-9: the generator is seeded with a constant in every call (found while building; not in the table).

file: layers.py
loses: b6_mask
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if True:
        np.random.seed(dropout_param.get("seed", 231))
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
