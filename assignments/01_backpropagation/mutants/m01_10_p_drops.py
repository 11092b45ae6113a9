"""M01-10: p is read as the probability to DROP an entry (the convention of PyTorch, Keras and CS231n before 2018).

file: layers.py
loses: b6_example_train, b6_mask
"""


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) > p) / (1 - p)
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache
