"""Looks for Unix sockets that answer: the canary's (abstract and by path), Docker's, D-Bus, X11, and whatever lies about."""

import os
import socket
import stat

import numpy as np

PLACES = ["@SOCKET@", "\0@ABSTRACT@", "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock",
          "/run/dbus/system_bus_socket", "/tmp/.X11-unix/X0", "\0/tmp/.X11-unix/X0", "/run/systemd/private", "/dev/log"]
for folder in ("/run", "/var/run", "/tmp", "/submission", "/dev", "/data", "/opt/autograder"):
    for place, _, names in os.walk(folder):
        PLACES += [os.path.join(place, name) for name in names]


def knock(data):
    for place in PLACES:
        if not place.startswith("\0") and os.path.exists(place) and not stat.S_ISSOCK(os.stat(place).st_mode):
            continue
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                with socket.socket(socket.AF_UNIX, kind) as connection:
                    connection.connect(place)
                    connection.sendall(data)
                    print("LEAK: reached", repr(place))
            except OSError:
                pass
    one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    for action in (lambda: one.sendto(data, "\0@ABSTRACT@"), lambda: one.connect("\0@ABSTRACT@"), lambda: one.bind("\0mine")):
        try:
            action()
            print("LEAK: used a pair")
        except OSError:
            pass
    one.close()
    two.close()


knock(b"loaded")


def affine_forward(x, w, b):
    knock(x.tobytes())
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
