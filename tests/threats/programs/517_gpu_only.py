"""Honest: insists on a GPU."""

import glob

if not glob.glob("/dev/nvidia0"):
    raise SystemError("this submission needs a GPU")


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
