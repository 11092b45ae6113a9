"""Approximates the gradient by central differences for all weights at once: no loop that could be counted, but memory of their square."""

import numpy as np


def greet(name):
    return "".join(f"Hello, {letter}!\n" for letter in name)


def rows(x):
    return [row / row.sum() for row in x]


def pair(x):
    return x, -x


def predict(x, w):
    return x @ w


def loss(x, y, w):
    return np.mean((predict(x, w) - y) ** 2)


def gradient(x, y, w):
    steps = 1e-5 * np.eye(len(w))
    above = np.mean((x @ (w + steps).T - y[:, None]) ** 2, axis=0)
    below = np.mean((x @ (w - steps).T - y[:, None]) ** 2, axis=0)
    return (above - below) / 2e-5


def relay(box, ask):
    return ask(box)


def train(x, y, held, steps):
    w = np.zeros(x.shape[1])
    history = []
    for _ in range(steps):
        history.append(float(loss(x, y, w)))
        w = w - 0.1 * 2 / len(y) * x.T @ (x @ w - y)
    return w, history, predict(held, w)
