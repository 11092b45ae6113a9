"""How much data does it need?"""

import numpy as np
import pytest

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
        train, test = rows_of(X_train, "X_train"), rows_of(X_test, "X_test")
        predicted = self.answer(self.y[test])
        self.calls.append((train, np.asarray(y_train), test, np.mean(predicted == self.y[test])))
        return predicted

    def run(self, submission, sizes, n_repeats, seed):
        """Let the submission measure this classifier, and return its answer."""
        classifier = submission.callback(self.fit_predict)
        return submission.learning_curve(classifier, self.X, self.y, sizes, n_repeats, seed)

    def of_size(self, size):
        """Return the calls with so many training rows, of which there must be some."""
        calls = [call for call in self.calls if len(call[0]) == size]
        check(bool(calls), f"no training set has {size} rows.", "shape")
        return calls


def rows_of(X, name):
    """Return the numbers of the rows that a classifier was given, as an array or a list of rows."""
    rows = np.asarray(X, float)
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise ValueError(f"{name}: expected rows of X, got an array of shape {rows.shape}")
    return rows[:, 0].astype(int)


def guess(rng):
    """Return a classifier's answer that is right at random."""
    return lambda labels: np.where(rng.random(len(labels)) < rng.uniform(0.2, 0.9), labels, (labels + 1) % CLASSES)


@criterion(
    "learning_curve: an honest protocol",
    points=3,
    tests=["learning_curve"],
    hint="A point each: a quarter of the rows is held out once, and no training set contains any of them; training sets "
    "have the sizes asked for, rows once, labels with their rows; each repeat draws afresh.",
)
@pytest.mark.parametrize("kind", ["held_out", "training_sets", "fresh"])
def test_i8_protocol(submission, rng, kind):
    rows, sizes, repeats = 80, [4, 16, 30], 4
    recorder = Recorder(rng, rows, guess(rng))
    recorder.run(submission, sizes, repeats, int(rng.integers(1000)))
    by_size = {size: recorder.of_size(size) for size in sizes}
    if kind == "held_out":
        tests = {frozenset(test.tolist()) for _, _, test, _ in recorder.calls}
        check(len(tests) == 1, f"there are {len(tests)} different test sets, expected one.")
        size = len(*tests)
        check(size == rows // 4, f"the test set has {size} rows, expected {rows // 4} of {rows}.", "shape")
        overlap = any(set(train.tolist()) & set(test.tolist()) for train, _, test, _ in recorder.calls)
        check(not overlap, "training and test rows overlap.")
    elif kind == "training_sets":
        assert_calls(len(recorder.calls), exactly=len(sizes) * repeats, name="fit_predict")
        found = sorted(len(train) for train, *_ in recorder.calls)
        check(found == sorted(sizes * repeats), f"the training sets have the sizes {found}.", "shape")
        twice = any(len(set(train.tolist())) < len(train) for train, *_ in recorder.calls)
        check(not twice, "a row stands in a training set twice.")
        right = all(np.array_equal(labels, recorder.y[train]) for train, labels, _, _ in recorder.calls)
        check(right, "the labels do not belong to their rows.")
    else:
        for size, calls in by_size.items():
            subsets = len({frozenset(train.tolist()) for train, *_ in calls})
            # Two draws of 4 out of 60 agree once in 487,635 times.
            check(subsets == repeats, f"size {size}: {repeats} repeats used {subsets} different training sets.")


@criterion(
    "learning_curve: mean and standard deviation",
    points=2,
    tests=["learning_curve"],
    hint="Half each. Both are over the repeats of each size, in the order of sizes; accuracy is the share of right "
    "labels among the test rows; the standard deviation divides by the number of repeats.",
)
@pytest.mark.parametrize("key", ["mean", "std"])
def test_i8_values(submission, rng, key):
    for sizes, repeats in (([5, 20, 10], 3), ([12], 5), ([8, 3], 1)):
        recorder = Recorder(rng, 48, guess(rng))
        curve = recorder.run(submission, sizes, repeats, 7)
        accuracy = [[accuracy for *_, accuracy in recorder.of_size(size)] for size in sizes]
        expected = np.array([np.mean(row) if key == "mean" else np.std(row) for row in accuracy])
        assert_close(curve, {key: expected}, name=f"the curve of {repeats} repeats")


@criterion(
    "learning_curve: properties",
    points=2,
    tests=["learning_curve"],
    hint="Half each: the seed decides every random choice, that of the test rows too, and nothing else does; a "
    "classifier that is always right scores 1 with a standard deviation of 0.",
)
@pytest.mark.parametrize("kind", ["seed", "perfect"])
def test_i8_properties(submission, rng, kind):
    if kind == "perfect":
        perfect = Recorder(rng, 40, lambda labels: labels).run(submission, [6, 12, 20], 3, 0)
        assert_close(perfect, {"mean": np.ones(3), "std": np.zeros(3)}, name="the curve of a perfect classifier")
        return

    def subsets(seed):
        recorder = Recorder(np.random.default_rng(5), 40, lambda labels: labels)
        recorder.run(submission, [6, 12], 2, seed)
        recorder.of_size(6)
        calls = [(sorted(train.tolist()), sorted(test.tolist())) for train, _, test, _ in recorder.calls]
        return {what: [call[i] for call in calls] for i, what in enumerate(("training", "test"))}

    first, again, other = subsets(3), subsets(3), subsets(4)
    for what in ("training", "test"):
        check(again[what] == first[what], f"the same seed gives other {what} sets.")
        check(other[what] != first[what], f"another seed gives the same {what} sets.")
