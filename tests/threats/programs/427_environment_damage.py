"""Leaves its process in disorder: folder, umask, error state, warnings, rounding, locale, RNG, streams, threads."""

import builtins
import ctypes
import decimal
import gc
import locale
import os
import random
import signal
import sys
import warnings

import numpy as np


def damage():
    os.chdir("/")
    os.umask(0o777)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    ctypes.CDLL("libm.so.6").fesetround(0x800)
    for name in ("de_DE.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            pass
    decimal.getcontext().prec = 1
    random.seed(0)
    np.random.seed(0)
    np.set_printoptions(precision=0, threshold=0)
    gc.disable()
    sys.setrecursionlimit(200)
    sys.stdin = sys.stdout = sys.stderr = None
    os.environ.clear()
    sys.path[:] = []
    signal.alarm(3600)
    builtins.print = None


def affine_forward(x, w, b):
    out = x @ w + b
    damage()
    return out, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
