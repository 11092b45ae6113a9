"""Looks into what it was lent: attributes, closures, copies, numbers of other loans, undeclared methods, frames."""

import copy
import gc
import pickle
import sys

import numpy as np

from autograder.inside.candidate.objects import CandidateLoan
from autograder.wire import Ref


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


ALLOWED = {"_number", "_Loan__number"}


def look(thing, depth=0):
    for name in dir(thing):
        try:
            value = getattr(thing, name)
        except BaseException:
            continue
        if isinstance(value, np.ndarray) and value.size > 1 or isinstance(value, float):
            print("LEAK:", name, value)
        if depth < 2 and not name.startswith("__"):
            look(value, depth + 1)
    for cell in getattr(thing, "__closure__", None) or ():
        look(cell.cell_contents, depth + 1) if depth < 3 else None


def relay(box, ask):
    look(box)
    look(ask)
    for action in (lambda: np.asarray(box, dtype=float), lambda: copy.deepcopy(box), lambda: pickle.dumps(box), lambda: box + 1,
                   lambda: float(box), lambda: list(box), lambda: vars(box), lambda: ask.__self__, lambda: ask(CandidateLoan(2)),
                   lambda: ask(Ref("loan", 3)), lambda: ask(np.zeros(3)), lambda: ask(Ref("callback", 1))):
        try:
            value = action()
            if isinstance(value, (np.ndarray, float)) and np.size(value) > 1:
                print("LEAK:", value)
        except BaseException as error:
            print(type(error).__name__, str(error)[:80])
    return 0.0
