"""Fills its namespace with objects that are unpleasant to look at, and with names that are none."""

import numpy as np


class Unpleasant:
    @property
    def __class__(self):
        raise SystemExit(0)

    @property
    def __module__(self):
        raise KeyboardInterrupt

    def __eq__(self, other):
        raise MemoryError

    __hash__ = __len__ = __bool__ = __iter__ = __repr__ = __str__ = __eq__

    def __getattr__(self, name):
        raise GeneratorExit


class Function:
    @property
    def __name__(self):
        raise SystemExit(0)

    def __call__(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)


def affine_forward(x, w, b):
    return x @ w + b, Function()


softmax = Function()
globals().update({"\ud800": 1, "a\nb": 2, "<script>": 3, "": 4, "x" * 100_000: 5, "lend": 6, "close": 7, "loading": 8})
globals().update({f"name{number}": number for number in range(3000)})
