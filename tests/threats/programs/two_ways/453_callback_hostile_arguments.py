"""Hands a provided function what it cannot bear: nothing, wrong shapes, objects, endless iterators, gigabytes, itself."""

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


def attempts(x, w):
    yield ()
    yield (x,)
    yield x, w, w, w
    yield None, None
    yield x.T, w
    yield "x", b"w"
    yield [[[]]] * 1000, {"a": 1}
    yield object(), lambda: 1
    yield predict, predict
    yield x.astype(object), w
    yield np.zeros((0, 3)), np.zeros((3, 0))
    yield np.full((6, 3), np.nan), np.full(3, np.inf)
    yield np.broadcast_to(0.0, (2**20, 2**20)), w
    yield np.zeros((5_000, 1)), np.zeros((1, 5_000))
    yield iter(int, 1), w
    yield 10**4000, -(10**4000)


def loss(x, y, w):
    for arguments in attempts(x, w):
        try:
            predict(*arguments)
        except Exception as error:
            print(type(error).__name__, str(error)[:100])
    try:
        predict(x, w, out=1, **{"\ud800": 1, "where": predict})
    except Exception as error:
        print(type(error).__name__)
    return np.mean((predict(x, w) - y) ** 2)


def gradient(x, y, w):
    predict(x, w[:2])
