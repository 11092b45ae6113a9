"""Matrix factorisation with biases"""

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.rubric import assert_close, check, criterion, is_close, partial, unpack

TABLES = (
    np.array([[1.0, 2.0], [0.0, 1.0]]),  # P
    np.array([[3.0, 1.0], [1.0, 1.0], [2.0, 0.0]]),  # Q
    np.array([0.5, -0.5]),  # bu
    np.array([0.0, 1.0, 0.25]),  # bi
)
USERS, ITEMS, RATINGS = np.array([0, 1]), np.array([0, 2]), np.array([7.0, 2.75])


@criterion(
    "mf_predict: two ratings by hand",
    points=1,
    tests=["mf_predict"],
    hint="The predictions are 2 + 0.5 + 0 + 5 and 2 - 0.5 + 0.25 + 0.",
)
def test_r1_example(submission):
    predicted = submission.mf_predict(*TABLES, 2.0, USERS, ITEMS)
    assert_close(predicted, np.array([7.5, 1.75]), name="the prediction", axes="B")


@criterion(
    "mf_loss_and_grads: the loss of two ratings by hand",
    points=1,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="The predictions are 7.5 and 1.75, so the errors are 0.5 and -1. The squares of the rows of the two examples sum to 20.5625.",
)
def test_r1_example_loss(submission):
    for reg, due in ((0.0, 0.3125), (0.2, 0.3125 + 0.1 * 20.5625 / 2)):
        answer = submission.mf_loss_and_grads(*TABLES, 2.0, USERS, ITEMS, RATINGS, reg)
        loss, _ = unpack(answer, "loss grads", of="mf_loss_and_grads")
        assert_close(loss, due, name=f"loss for reg = {reg}")


PLAIN = {
    "P": np.array([[0.75, 0.25], [-1.0, 0.0]]),
    "Q": np.array([[0.25, 0.5], [0.0, 0.0], [0.0, -0.5]]),
    "bu": np.array([0.25, -0.5]),
    "bi": np.array([0.25, 0.0, -0.5]),
}
PENALISED = {
    "P": np.array([[0.85, 0.45], [-1.0, 0.1]]),
    "Q": np.array([[0.55, 0.6], [0.0, 0.0], [0.2, -0.5]]),
    "bu": np.array([0.3, -0.55]),
    "bi": np.array([0.25, 0.0, -0.475]),
}


@pytest.mark.parametrize("part", list(PLAIN))
@criterion(
    "mf_loss_and_grads: gradients by hand",
    points=2,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="A quarter for each of the four. Divide by B = 2. The error of an example times Q[i] goes to row u of P, times P[u] to row i of Q; "
    "reg times the row itself comes on top. Item 1 does not occur: its gradient is 0, penalty or not. Half of a quarter: it is right for "
    "reg = 0, or twice as large there.",
)
def test_r1_example_gradients(submission, part):
    for reg, due in ((0.0, PLAIN[part]), (0.2, PENALISED[part])):
        answer = submission.mf_loss_and_grads(*TABLES, 2.0, USERS, ITEMS, RATINGS, reg)
        _, grads = unpack(answer, "loss grads", of="mf_loss_and_grads")
        check(isinstance(grads, Mapping) and part in grads, f"grads: expected a dict with the key {part!r}.", "type")
        name = f"grads[{part!r}] for reg = {reg}"
        if not is_close(grads[part], due):
            if reg:
                partial(0.5, f"grads[{part!r}] is right for reg = 0, and wrong for reg = {reg}.")
            if is_close(grads[part], 2 * due):
                partial(0.5, f"{name} is twice what it should be.")
        assert_close(grads[part], due, name=name)
