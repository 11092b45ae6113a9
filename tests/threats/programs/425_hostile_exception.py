"""Exceptions whose text raises, is endless or a gigabyte, with hostile names, notes, causes and attributes."""

import numpy as np


class Raises(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__

    @property
    def args(self):
        raise RuntimeError("no args")

    @property
    def __class__(self):
        raise RuntimeError("no class")


class Huge(KeyError):
    def __str__(self):
        return "x" * (300 << 20)


class Loops(ValueError):
    def __str__(self):
        while True:
            pass


class Lies(Exception):
    __name__ = "AssertionError"


Lies.__name__ = "AssertionError"
Lies.__qualname__ = "_pytest.outcomes.Skipped"
Lies.__module__ = "builtins"


def affine_forward(x, w, b):
    if x.shape == (2, 2):
        raise Raises
    if x.shape[0] == 3 and w.shape[1] == 2:
        error = Huge("x")
        for _ in range(1000):
            error.add_note("y" * 10_000)
        raise error
    raise ExceptionGroup("deep", [Lies()])


def softmax(z):
    if abs(z).max() > 100:
        raise Loops
    group = Lies("no pass, no skip")
    for _ in range(2000):
        group = ExceptionGroup("g", [group])
    if z.shape == (2, 2):
        raise group
    raise Lies("Skipped: this one does not count")
