"""Typed only."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    # BEGIN SOLUTION
    return 1 / (1 + np.exp(-z))
    # END SOLUTION


def entropy(p: np.ndarray) -> float:
    """Shannon entropy of a distribution p."""
    # BEGIN SOLUTION
    return float(-np.sum(p * np.log(p)))
    # END SOLUTION


def bce(y_true: np.ndarray, y_prob: np.ndarray) -> float:
    """Binary cross-entropy."""
    # BEGIN SOLUTION
    return float(-np.mean(y_true * np.log(y_prob) + (1 - y_true) * np.log(1 - y_prob)))
    # END SOLUTION


def perplexity(log_probs: list[float]) -> float:
    # BEGIN SOLUTION
    return float(np.exp(-np.mean(log_probs)))
    # END SOLUTION


def train_test_split(X: np.ndarray, y: np.ndarray, test_size: float, rng: np.random.Generator):
    # BEGIN SOLUTION
    order = rng.permutation(len(X))
    n = int(len(X) * test_size)
    return X[order[n:]], X[order[:n]], y[order[n:]], y[order[:n]]
    # END SOLUTION


def count_words(text: str, lower: bool = True) -> dict[str, int]:
    # BEGIN SOLUTION
    out = {}
    for w in (text.lower() if lower else text).split():
        out[w] = out.get(w, 0) + 1
    return out
    # END SOLUTION


def minibatches(n: int, size: int) -> list[tuple[int, int]]:
    # BEGIN SOLUTION
    return [(i, min(i + size, n)) for i in range(0, n, size)]
    # END SOLUTION

