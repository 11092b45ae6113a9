"""Honest: a __future__ import that comes too late."""

import numpy as np

from __future__ import annotations


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
