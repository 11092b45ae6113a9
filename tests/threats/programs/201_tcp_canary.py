"""Connects to a listener on the host's loopback, by TCP over IPv4 and IPv6 and by UDP, and sends it the inputs."""

import socket

import numpy as np

PORT = int("@PORT@")
ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0"))


def send(data):
    for family, host in ADDRESSES:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                with socket.socket(family, kind) as connection:
                    connection.settimeout(0.2)
                    connection.connect((host, PORT))
                    connection.sendall(data)
                    print("LEAK: sent to", host)
            except OSError as error:
                print("refused", error.errno)
    for family in (socket.AF_NETLINK, socket.AF_PACKET, 40):  # the last: a host's AF_VSOCK
        try:
            socket.socket(family, socket.SOCK_DGRAM).close()
            print("LEAK: a socket of family", family)
        except OSError as error:
            print("refused", error.errno)


send(b"loaded")


def affine_forward(x, w, b):
    send(x.tobytes())
    return x @ w + b, (x, w, b)


def softmax(z):
    send(z.tobytes())
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
