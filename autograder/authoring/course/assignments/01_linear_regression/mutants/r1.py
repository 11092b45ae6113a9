"""Mistakes: Prediction."""

from autograder.rubric import mutant


@mutant("M01-1", loses=["r1_example", "r1_values"])
def predict(x, w, b):
    """The bias is forgotten."""
    return x @ w


@mutant("M01-2", loses=["r1_example", "r1_values"])
def predict(x, w, b):
    """The bias is added to each product, once a feature."""
    return (x * w + b).sum(axis=1)
