"""Answers with tables whose keys are paths, options of functions, lone surrogates and NULs, and with long lists of numbers."""

import numpy as np


def affine_forward(x, w, b):
    keys = ("../../AUTOGRADER_THREAT_LEFTOVER", "/tmp/AUTOGRADER_THREAT_LEFTOVER", "file", "allow_pickle", "\ud800", "a\0b", "x" * 70_000)
    return {key: x for key in keys} | {"many": [0.5] * 100_000}


def softmax(z):
    if z.shape == (2, 2):
        return [{"k" * 70_000 + str(number): number for number in range(50)}, b"\0" * 1_000_000]
    return affine_forward(z, z, z)
