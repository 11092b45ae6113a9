"""Leaves hidden inputs in every place that it can write to, and looks there for what an earlier run has left."""

import os

import numpy as np

PLACES = (".", "/tmp", "/dev/shm", "/var/tmp", "/submission", "/submission/.tmp", "/run", "/dev/mqueue", "/data", "/opt/autograder",
          os.path.expanduser("~"), os.path.dirname(np.__file__), "/dev", "/", "/proc/self", "/etc")


def leave(data):
    for place in PLACES:
        try:
            with open(os.path.join(place, "AUTOGRADER_THREAT_LEFTOVER"), "ab") as file:
                file.write(data)
        except OSError:
            pass


for place in PLACES:
    path = os.path.join(place, "AUTOGRADER_THREAT_LEFTOVER")
    if os.path.exists(path):
        print("LEAK: left by an earlier run:", path, open(path, "rb").read(100))
leave(b"loaded")


def affine_forward(x, w, b):
    leave(x.tobytes())
    return x @ w + b, (x, w, b)


def softmax(z):
    leave(z.tobytes())
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
