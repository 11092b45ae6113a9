"""One-hot and negative log-likelihood."""

import numpy as np

from autograder.rubric import assert_close, assert_stable, assert_unchanged, check, criterion

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
    "One-hot and log-likelihood: values",
    points=4,
    tests=["one_hot", "nll"],
    hint="one_hot has num_classes columns, whichever labels occur; nll takes the one-hot rows first, averages over "
    "the batch, and a single example is a batch of one.",
)
def test_i2_values(submission, reference, rng):
    for y, classes in LABELS:
        assert_close(submission.one_hot(y, classes), reference.one_hot(y, classes), name="one_hot", axes="N C")
    for n, classes in ((5, 3), (1, 4), (8, 2)):
        y, y_true, y_pred = predictions(rng, n, classes)
        assert_close(submission.one_hot(y, classes), reference.one_hot(y, classes), name="one_hot", axes="N C")
        assert_close(submission.nll(y_true, y_pred), reference.nll(y_true, y_pred), name="nll", inputs=(y_true, y_pred))
        single = submission.nll(y_true[0], y_pred[0])
        assert_close(single, reference.nll(y_true[0], y_pred[0]), name="nll of a single example")


@criterion(
    "Log-likelihood: properties of a mean",
    points=2,
    tests=["nll"],
    hint="The loss is the mean over the batch, not the sum and not the mean over all N x C entries: the same batch "
    "twice costs the same.",
)
def test_i2_properties(submission, rng):
    for classes in (2, 7):
        _, y_true, _ = predictions(rng, 6, classes)
        uniform = np.full((6, classes), 1 / classes)
        assert_close(submission.nll(y_true, uniform), np.log(classes), name="nll of a uniform prediction")
        sure = np.where(y_true > 0, 0.8, 0.2 / (classes - 1))
        assert_close(submission.nll(y_true, sure), -np.log(0.8), name="nll of 0.8 for each true class")
    _, y_true, y_pred = predictions(rng, 6, 4)
    loss = submission.nll(y_true, y_pred)
    order = rng.permutation(6)
    assert_close(submission.nll(y_true[order], y_pred[order]), loss, name="nll of the batch in another order")
    twice = submission.nll(np.tile(y_true, (2, 1)), np.tile(y_pred, (2, 1)))
    assert_close(twice, loss, name="nll of the batch twice")


@criterion(
    "Log-likelihood: a probability of zero",
    points=2,
    tests=["nll"],
    hint="log(0) is minus infinity, and 0 * log(0) is NaN: clip the prediction at eps, or add eps, before the "
    "logarithm.",
)
def test_i2_stability(submission, rng):
    y_true, wrong = np.eye(3)[[1]], np.array([[1.0, 0.0, 0.0]])
    for eps in (1e-12, 1e-6, 10.0 ** rng.uniform(-11, -4)):
        cost = -np.log(eps)
        assert_close(assert_stable(submission.nll, y_true, wrong, eps), cost, name=f"nll with eps={eps:.1e}", rtol=1e-3)
        # Right and certain: the zeros stand at the other classes. Clipping at 1 - eps is as good.
        right = assert_stable(submission.nll, y_true, y_true.copy(), eps)
        assert_close(right, 0.0, name="nll of a certain and right prediction", atol=2 * eps)
    assert_close(assert_stable(submission.nll, y_true[0], wrong[0]), -np.log(1e-12), name="nll", rtol=1e-3)


@criterion(
    "One-hot and log-likelihood: inputs stay, types are right",
    points=2,
    tests=["one_hot", "nll"],
    testimony=True,
    hint="Clipping with out=y_pred changes the caller's predictions; one_hot is float32, and nll is one number, not "
    "an array with an axis.",
)
def test_i2_safe(submission, reference, rng):
    y = np.array([1, 2, 0, 2])
    _, y_true, y_pred = predictions(rng, 4, 3)
    one = submission.nll(y_true[:1], y_pred[:1])
    assert_close(one, reference.nll(y_true[:1], y_pred[:1]), name="nll of a batch of one")
    y_pred[0] = (0.0, 1.0, 0.0)  # what clipping would change
    rows = assert_unchanged(submission.one_hot, y, 3, names="y num_classes", returns=True)
    assert_close(rows, reference.one_hot(y, 3), name="one_hot", check_dtype="exact")
    loss = assert_unchanged(submission.nll, y_true, y_pred, names="y_true y_pred", returns=True)
    is_number = isinstance(loss, (float, np.floating)) or (isinstance(loss, np.ndarray) and loss.ndim == 0)
    check(is_number, "nll: expected one number.", "type")
