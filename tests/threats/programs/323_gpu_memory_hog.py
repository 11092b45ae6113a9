"""Looks for a GPU and for a framework that could fill it; there is none for who does not need one."""

import glob
import os

import numpy as np

print("LEAK" if glob.glob("/dev/nvidia*") + glob.glob("/dev/dri*") + glob.glob("/dev/kfd*") else "no device")
for name in ("libcuda.so.1", "libnvidia-ml.so.1"):
    try:
        import ctypes

        library = ctypes.CDLL(name)
        print("LEAK" if getattr(library, "cuInit", lambda _: 1)(0) == 0 else "no driver")
    except OSError:
        print("no library")
print(os.environ.get("CUDA_VISIBLE_DEVICES", ""))


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
