"""Returns more, fewer and other things than a rubric unpacks, indexes and adds up."""

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


def greet(name):
    return None


def rows(x):
    return {"rows": 5}


def pair(x):
    return x, -x, x


def loss(x, y, w):
    return "0.5"


def gradient(x, y, w):
    return gradient


def relay(box, ask):
    return box


def train(x, y, held, steps):
    return 5
