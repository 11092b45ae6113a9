"""M01-8: kept entries are not divided by p; test mode multiplies by p instead.

file: layers.py
loses: b6_example_train, b6_example_test, b6_mask, b6_values
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p)
        out = x * mask
    elif mode == "test":
        out = x * p
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
