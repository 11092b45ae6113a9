"""How much data does it need?"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import assert_calls, assert_close, check, criterion

CLASSES = 3


class Recorder:
    """A classifier that writes down the rows it meets; rows carry their number, so that they can be recognised."""

    def __init__(self, rng, rows, answer):
        self.y = rng.integers(0, CLASSES, rows)
        self.X = np.stack([np.arange(rows), rng.normal(size=rows)], axis=1).astype(float)
        self.answer = answer
        self.calls = []

    def fit_predict(self, X_train, y_train, X_test):
        train, test = (X[:, 0].astype(int) for X in (X_train, X_test))
        predicted = self.answer(self.y[test])
        self.calls.append((train, y_train, test, np.mean(predicted == self.y[test])))
        return predicted

    def run(self, submission, sizes, n_repeats, seed):
        """Let the submission measure this classifier, and return its answer."""
        rows = ArrayOf((None, 2), "float")
        classifier = submission.callback(self.fit_predict, takes=(rows, ArrayOf((None,), "int"), rows))
        return submission.learning_curve(classifier, self.X, self.y, sizes, n_repeats, seed)


def guess(rng):
    """Return a classifier's answer that is right at random."""
    return lambda labels: np.where(rng.random(len(labels)) < rng.uniform(0.2, 0.9), labels, (labels + 1) % CLASSES)


@criterion(
    "learning_curve: an honest protocol",
    points=3,
    tests=["learning_curve"],
    hint="Hold the test rows out once and draw training sets from the others only, afresh for each repeat; labels "
    "move together with their rows.",
)
def test_i8_protocol(submission, rng):
    rows, sizes, repeats = 80, [4, 16, 30], 4
    recorder = Recorder(rng, rows, guess(rng))
    recorder.run(submission, sizes, repeats, int(rng.integers(1000)))
    assert_calls(len(recorder.calls), exactly=len(sizes) * repeats, name="fit_predict")
    found = sorted(len(train) for train, *_ in recorder.calls)
    check(found == sorted(sizes * repeats), f"the training sets have the sizes {found}.", "shape")
    tests = {frozenset(test.tolist()) for _, _, test, _ in recorder.calls}
    check(len(tests) == 1, f"there are {len(tests)} different test sets, expected one.")
    check(len(*tests) == rows // 4, f"the test set has {len(*tests)} rows, expected {rows // 4} of {rows}.", "shape")
    for train, labels, test, _ in recorder.calls:
        check(not set(train.tolist()) & set(test.tolist()), "training and test rows overlap.")
        check(len(set(train.tolist())) == len(train), "a row stands in a training set twice.")
        check(np.array_equal(labels, recorder.y[train]), "the labels do not belong to their rows.")
    for size in sizes:
        subsets = {frozenset(train.tolist()) for train, *_ in recorder.calls if len(train) == size}
        # Two draws of 4 out of 60 agree once in 487,635 times.
        check(len(subsets) == repeats, f"size {size}: {repeats} repeats used {len(subsets)} different training sets.")


@criterion(
    "learning_curve: mean and standard deviation",
    points=2,
    tests=["learning_curve"],
    hint="Mean and standard deviation are over the repeats of each size, in the order of sizes; the standard "
    "deviation divides by the number of repeats.",
)
def test_i8_values(submission, rng):
    for sizes, repeats in (([5, 20, 10], 3), ([12], 5), ([8, 3], 1)):
        recorder = Recorder(rng, 48, guess(rng))
        curve = recorder.run(submission, sizes, repeats, 7)
        found = sorted(len(train) for train, *_ in recorder.calls)
        check(found == sorted(sizes * repeats), f"the training sets have the sizes {found}.", "shape")
        accuracy = np.array([[a for train, _, _, a in recorder.calls if len(train) == size] for size in sizes])
        expected = {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}
        assert_close(curve, expected, name=f"the curve of {repeats} repeats")


@criterion(
    "learning_curve: properties",
    points=2,
    tests=["learning_curve"],
    hint="The seed decides every random choice: make one generator from it, and leave the global one of NumPy alone.",
)
def test_i8_properties(submission, rng):
    def subsets(seed):
        recorder = Recorder(np.random.default_rng(5), 40, lambda labels: labels)
        recorder.run(submission, [6, 12], 2, seed)
        return [(sorted(train.tolist()), sorted(test.tolist())) for train, _, test, _ in recorder.calls]

    first = subsets(3)
    check(len(first) == 4, f"fit_predict was called {len(first)} times, expected 4.", "work")
    check(subsets(3) == first, "the same seed gives other training or test sets.")
    check(subsets(4) != first, "another seed gives the same training and test sets.")
    perfect = Recorder(rng, 40, lambda labels: labels).run(submission, [6, 12, 20], 3, 0)
    assert_close(perfect, {"mean": np.ones(3), "std": np.zeros(3)}, name="the curve of a perfect classifier")
