"""Approximates the gradient by central differences, which no tolerance catches: what they cost does."""

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
    return 2 / len(y) * x.T @ (x @ w - y)


def relay(box, ask):
    return ask(box)


def train(x, y, held, steps):
    w = np.zeros(x.shape[1])
    history = []
    for _ in range(steps):
        history.append(float(loss(x, y, w)))
        w = w - 0.1 * gradient(x, y, w)
    return w, history, predict(held, w)


def gradient(x, y, w):
    found = np.zeros_like(w)
    for place in range(len(w)):
        step = np.zeros_like(w)
        step[place] = 1e-5
        found[place] = (loss(x, y, w + step) - loss(x, y, w - step)) / 2e-5
    return found
