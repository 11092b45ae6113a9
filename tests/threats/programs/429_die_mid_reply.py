"""Begins a large answer and kills itself in the middle of it."""

import os
import signal
import threading
import time

import numpy as np


def die():
    time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGKILL)


def affine_forward(x, w, b):
    os.write(3, b"AGW\x01\x64\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00" + bytes(50))
    threading.Thread(target=die).start()
    return np.zeros((4000, 4000)), None


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
