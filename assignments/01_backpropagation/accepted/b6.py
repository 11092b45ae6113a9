"""Other right answers: Inverted dropout."""

from autograder.rubric import accepted


@accepted("divides_by_p_last", file="layers.py")
class divides_by_p_last:
    """x / p where kept: differs from x * (mask / p) in the last bit."""

    def dropout_forward(x, dropout_param):
        p, mode = dropout_param["p"], dropout_param["mode"]
        rng = np.random.default_rng(dropout_param.get("seed", None))
        keep = rng.uniform(size=x.shape) <= p if mode == "train" else None
        out = np.where(keep, x, 0) / x.dtype.type(p) if mode == "train" else x
        return out, (p, keep)

    def dropout_backward(dout, cache):
        p, keep = cache
        return dout if keep is None else keep * dout / p


@accepted("legacy_random_numbers", file="layers.py")
class legacy_random_numbers:
    """np.random.seed and np.random.rand, as in the CS231n starters."""

    def dropout_forward(x, dropout_param):
        p, mode = dropout_param["p"], dropout_param["mode"]
        if "seed" in dropout_param:
            np.random.seed(dropout_param["seed"])
        mask = None
        out = None
        if mode == "train":
            mask = (np.random.rand(*x.shape) < p) / p
            out = x * mask
        elif mode == "test":
            out = x
        cache = (dropout_param, mask)
        out = out.astype(x.dtype, copy=False)
        return out, cache

    def dropout_backward(dout, cache):
        dropout_param, mask = cache
        return dout * mask if dropout_param["mode"] == "train" else dout


@accepted("range_of_builtins", file="layers.py")
class range_of_builtins:
    """range from the package builtins, as in the CS231n starters, and unused imports of the
    standard library.
    """

    from builtins import object, range
    import math, os, random, time

    def dropout_backward(dout, cache):
        mode, mask = cache
        dx = None
        for _ in range(1):
            if mode == "train":
                dx = mask * dout
            elif mode == "test":
                dx = dout
        return dx
