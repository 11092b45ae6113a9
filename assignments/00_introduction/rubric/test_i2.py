"""One-hot and negative log-likelihood."""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_form,
    assert_stable,
    assert_unchanged,
    check,
    criterion,
    is_close,
)

# Labels and number of classes: one example, one class, classes that do not occur, several integer dtypes.
LABELS = (
    (np.array([2, 0, 1, 2]), 3),
    (np.array([0]), 1),
    (np.array([1, 1, 0]), 5),
    (np.array([3, 0], dtype=np.int32), 4),
    (np.array([1, 4, 4], dtype=np.uint8), 6),
)


def predictions(rng, n, classes):
    """Return labels, their one-hot rows, and probabilities that stay away from zero."""
    y = rng.integers(0, classes, n)
    p = rng.uniform(0.1, 1.0, (n, classes))
    return y, np.eye(classes)[y], p / p.sum(axis=1, keepdims=True)


@criterion(
    "One-hot: values",
    points=2,
    tests=["one_hot"],
    hint="one_hot has num_classes columns, whichever labels occur, and a single 1 in each row.",
)
def test_i2_one_hot_values(submission, reference, rng):
    drawn = [(rng.integers(0, classes, n), classes) for n, classes in ((5, 3), (1, 4), (8, 2))]
    for y, classes in (*LABELS, *drawn):
        assert_close(submission.one_hot(y, classes), reference.one_hot(y, classes), name="one_hot", axes="N C")


@criterion(
    "Log-likelihood: values",
    points=2,
    tests=["nll"],
    hint="nll takes the one-hot rows first. Two halves: a single example, alone or as a batch of one, and batches, "
    "over which it averages.",
)
@pytest.mark.parametrize("kind", ["single", "batch"])
def test_i2_values(submission, reference, rng, kind):
    for n, classes in ((5, 3), (1, 4), (8, 2)):
        _, y_true, y_pred = predictions(rng, n, classes)
        singles = y_true.astype(np.float32), y_pred.astype(np.float32)
        for labels, p in ((y_true, y_pred), (singles[0], y_pred), singles):
            given = (labels, p) if kind == "batch" else (labels[0], p[0])
            name = "nll" if kind == "batch" else "nll of a single example"
            assert_close(submission.nll(*given), reference.nll(*given), name=name, inputs=given)
            if kind == "single":
                given = labels[:1], p[:1]
                assert_close(submission.nll(*given), reference.nll(*given), name="nll of a batch of one", inputs=given)


@criterion(
    "Log-likelihood: properties of a mean",
    points=2,
    tests=["nll"],
    hint="The loss is the mean over the batch, not the sum and not the mean over all N x C entries: a uniform "
    "prediction costs log C, and neither the order of a batch nor its size matters.",
)
@pytest.mark.parametrize("kind", ["known", "order", "twice"])
def test_i2_properties(submission, rng, kind):
    if kind == "known":
        for classes in (2, 7):
            _, y_true, _ = predictions(rng, 1, classes)
            uniform = np.full((1, classes), 1 / classes)
            assert_close(submission.nll(y_true, uniform), np.log(classes), name="nll of a uniform prediction")
            sure = np.where(y_true > 0, 0.8, 0.2 / (classes - 1))
            assert_close(submission.nll(y_true, sure), -np.log(0.8), name="nll of 0.8 for the true class")
        return
    _, y_true, y_pred = predictions(rng, 6, 4)
    loss = number(submission.nll(y_true, y_pred), "nll")
    worse = number(submission.nll(y_true, 0.9 * y_pred + 0.1 * (1 - y_true) / 3), "nll")
    check(worse > loss, "nll: less probability for each true class does not cost more.")
    if kind == "order":
        order = rng.permutation(6)
        assert_close(submission.nll(y_true[order], y_pred[order]), loss, name="nll of the batch in another order")
    else:
        twice = submission.nll(np.tile(y_true, (2, 1)), np.tile(y_pred, (2, 1)))
        assert_close(twice, loss, name="nll of the batch twice")


def number(value, name):
    """Return an answer that is one number, as a float."""
    return float(assert_array(value, shape=(), name=name))


@criterion(
    "Log-likelihood: a probability of zero",
    points=2,
    tests=["nll"],
    hint="log(0) is minus infinity, and 0 * log(0) is NaN: the prediction is kept at or above eps before the "
    "logarithm, and eps is the one that the caller gives, or 1e-12.",
)
def test_i2_stability(submission, reference, rng):
    y_true, wrong = np.eye(3)[[1]], np.array([[1.0, 0.0, 0.0]])
    _, labels, p = predictions(rng, 1, 3)
    batch_is_right, single_is_right = (
        is_right(submission, reference, *given) for given in ((labels, p), (labels[0], p[0]))
    )
    costs = []
    for eps in (1e-12, 1e-6, 10.0 ** rng.uniform(-5, -3)):
        cost = number(assert_stable(submission.nll, y_true, wrong, eps), "nll")
        # Right and certain: the zeros stand at the other classes. Clipping at 1 - eps is as good, in float32 too.
        right = number(assert_stable(submission.nll, y_true, y_true.copy(), eps), "nll")
        if batch_is_right:
            assert_close(cost, -np.log(eps), name=f"nll with eps={eps:.1e}", rtol=1e-3)
            assert_close(right, 0.0, name="nll of a certain and right prediction", atol=2 * eps + 1e-6)
        else:  # paid for in i2_values: here finite numbers will do that depend on the prediction, and on eps
            check(cost > right, "nll: a probability of zero for the true class costs no more than one of 1.")
            cheaper = all(cost < before for before in costs)
            check(cheaper, "nll: a larger eps does not make a probability of zero cheaper.")
        costs.append(cost)
    if single_is_right:
        single = submission.nll(y_true[0], wrong[0])
        assert_close(single, -np.log(1e-12), name="nll of a single example", rtol=1e-3)
    else:
        check(True, "single examples are paid for in i2_values")


def is_right(submission, reference, labels, p):
    """Return True if the loss is right where no probability is near zero."""
    try:
        return is_close(submission.nll(labels, p), reference.nll(labels, p))
    except Exception:  # noqa: BLE001 - whatever the submission raises, the loss is not right
        return False


@criterion(
    "One-hot: the input stays, float32",
    points=1,
    tests=["one_hot"],
    testimony=True,
    hint="one_hot is an array of float32, whatever dtype the labels have, and the labels stay as they are.",
)
def test_i2_one_hot_safe(submission):
    y = np.array([1, 2, 0, 2])
    rows = assert_unchanged(submission.one_hot, y, 3, names="y num_classes", returns=True)
    assert_form(rows, np.zeros((4, 3), np.float32), name="one_hot", axes="N C")


@criterion(
    "Log-likelihood: inputs stay, one number",
    points=1,
    tests=["nll"],
    testimony=True,
    hint="Two things: clipping with out=y_pred changes the caller's predictions; and nll is one number, not an array "
    "with an axis.",
)
def test_i2_safe(submission, rng):
    _, y_true, y_pred = predictions(rng, 4, 3)
    y_pred[0] = (0.0, 1.0, 0.0)  # what clipping would change
    loss = assert_unchanged(submission.nll, y_true, y_pred, names="y_true y_pred", returns=True)
    is_number = isinstance(loss, (float, np.floating)) or (isinstance(loss, np.ndarray) and loss.ndim == 0)
    check(is_number, "nll: expected one number.", "type")
