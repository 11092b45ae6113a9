"""Mistakes: Inverted dropout."""

from autograder.rubric import mutant


@mutant("M01-8a", loses=["b6_example_train", "b6_example_test", "b6_mask", "b6_values"])
def dropout_forward(x, dropout_param):
    """kept entries are not divided by p; test mode multiplies by p instead."""
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


@mutant("M01-8b", loses=["b6_example_test", "b6_values"])
def dropout_forward(x, dropout_param):
    """kept entries are divided by p, and test mode multiplies by p all the same."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x * p
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache


@mutant("M01-9a", loses=["b6_example_train", "b6_mask"])
def dropout_forward(x, dropout_param):
    """rand(...) < p / p compares with 1, so that nothing is ever dropped."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = np.random.rand(*x.shape) < p / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache


@mutant("M01-9b", loses=["b6_example_train", "b6_mask"])
def dropout_forward(x, dropout_param):
    """randn instead of rand: the share of numbers below p is another."""
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


@mutant("M01-9c", loses=["b6_mask"])
def dropout_forward(x, dropout_param):
    """One row of the mask is drawn and shared by all examples."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(x.shape[-1]) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    cache = (mode, mask)
    return out.astype(x.dtype, copy=False), cache


@mutant("M01-9d", loses=["b6_mask"])
def dropout_forward(x, dropout_param):
    """One column of the mask is drawn: whole examples are dropped."""
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


@mutant("M01-9e", loses=["b6_mask"])
def dropout_forward(x, dropout_param):
    """The generator is seeded with a constant in every call (found while building; not in the table)."""
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


@mutant("M01-9f", loses=["b6_safe"])
def dropout_forward(x, dropout_param):
    """The seed is ignored (found while building; not in the table)."""
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


@mutant("M01-10", loses=["b6_example_train", "b6_mask"])
def dropout_forward(x, dropout_param):
    """p is read as the probability to DROP an entry (the convention of PyTorch, Keras and CS231n
    before 2018).
    """
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


@mutant("M01-10b", loses=["b6_values"])
def dropout_backward(dout, cache):
    """The backward pass lets the whole gradient through (found while building; not in the table)."""
    return dout


@mutant("M01-14i", loses=["b6_values", "b6_safe"])
def dropout_backward(dout, cache):
    """An unfinished function returns zeros: dropout_backward."""
    return np.zeros_like(dout)


@mutant("M01-9g", loses=["b6_safe"])
def dropout_forward(x, dropout_param):
    """x *= mask changes the caller's array."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        mask = ((np.random.default_rng(dropout_param.get("seed")).random(x.shape) < p) / p).astype(x.dtype)
        x *= mask
    return x, (mode, mask)


@mutant("M01-9h", loses=["b6_safe"])
def dropout_forward(x, dropout_param):
    """Whatever the dtype of x, out is float64."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        mask = (np.random.default_rng(dropout_param.get("seed")).random(x.shape) < p) / p
        x = x * mask
    return x, (mode, mask)


@mutant("M01-10c", loses=["b6_safe"])
def dropout_backward(dout, cache):
    """dout *= mask changes the caller's gradient."""
    mode, mask = cache
    if mode == "train":
        dout *= mask
    return dout


@mutant("M01-15i", loses=["b6_values", "b6_safe"])
def dropout_backward(dout, cache):
    """A function that is still as it was handed out costs its own points: dropout_backward."""
    raise NotImplementedError("dropout_backward: not written yet")


@mutant("M01-15j", loses=["b6_example_test", "b6_values"])
def dropout_forward(x, dropout_param):
    """A mode that is still as it was handed out costs its own points: the test mode of dropout_forward."""
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        raise NotImplementedError("dropout_forward: test mode is not written yet")
    mask = (np.random.default_rng(dropout_param.get("seed")).random(x.shape) < p) / p
    return (x * mask).astype(x.dtype), ("train", mask)
