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


@accepted("dropout_entry_by_entry", file="layers.py")
class dropout_entry_by_entry:
    """Python's own random numbers, an entry at a time, and a copy of x at test time."""

    import random

    def dropout_forward(x, dropout_param):
        if dropout_param["mode"] == "test":
            return x.copy(), None
        draw, p = random.Random(dropout_param.get("seed")).random, dropout_param["p"]
        out, kept = np.zeros_like(x), np.zeros(x.shape, dtype=bool)
        for index in np.ndindex(x.shape):
            if draw() < p:
                out[index], kept[index] = x[index] / p, True
        return out, (kept, p)

    def dropout_backward(dout, cache):
        if cache is None:
            return dout.copy()
        kept, p = cache
        return np.where(kept, dout, 0) / p


@accepted("dropout_by_choice", file="layers.py")
class dropout_by_choice:
    """Factors 0 and 1/p are chosen; those of test mode are ones; dx is a list."""

    def dropout_forward(x, dropout_param):
        p = dropout_param["p"]
        if "seed" in dropout_param:
            np.random.seed(dropout_param["seed"])
        factors = np.ones(x.shape)
        if dropout_param["mode"] == "train":
            factors = np.random.choice([0.0, 1.0 / p], size=x.shape, p=[1 - p, p])
        return np.multiply(x, factors, dtype=x.dtype), factors

    def dropout_backward(dout, cache):
        return (dout * cache).tolist()


@accepted("dropout_drops_with_one_less_p", file="layers.py")
class dropout_drops_with_one_less_p:
    """What is dropped is drawn, and the cache holds places."""

    def dropout_forward(x, dropout_param):
        p, places = dropout_param["p"], ()
        if dropout_param["mode"] == "train":
            generator = np.random.Generator(np.random.PCG64(dropout_param.get("seed")))
            places = np.nonzero(generator.uniform(0, 1, x.shape) >= p)
            x = (x / p).astype(x.dtype)
            x[places] = 0
        return x, (places, p, dropout_param["mode"])

    def dropout_backward(dout, cache):
        places, p, mode = cache
        if mode == "test":
            return dout
        dx = dout / p
        dx[places] = 0
        return dx
