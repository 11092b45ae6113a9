"""A thread goes on calling a function of the grader after the call that it was lent for."""

import threading
import time

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


def later(x, w):
    while True:
        try:
            predict(x, w)
        except BaseException as error:
            print(type(error).__name__, error)
        time.sleep(0.001)


def loss(x, y, w):
    if threading.active_count() == 1:
        threading.Thread(target=later, args=(x, w), daemon=True).start()
    value = np.mean((predict(x, w) - y) ** 2)
    time.sleep(0.02)
    return value


def relay(box, ask):
    answer = ask(box)

    def again():
        for _ in range(100):
            try:
                print("asked again", ask(box))
            except BaseException as error:
                print(type(error).__name__, error)
            time.sleep(0.001)

    threading.Thread(target=again, daemon=True).start()
    return answer
