"""In-batch softmax"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion, unpack


@pytest.mark.parametrize("part", ["loss", "dU", "dV", "log_q"])
@criterion(
    "in_batch_softmax_loss: two examples by hand",
    points=2,
    tests=["in_batch_softmax_loss"],
    hint="Loss, dU, dV and the loss with log_q count a quarter each. The logits of the first user are log 3 and 0, so p = (3/4, 1/4); those of the second are 0 and 0. The loss is the mean of "
    "log(4/3) and log 2. With log_q = (0, log 2) the logits are (log 3, -log 2) and (0, -log 2): p of the right items is 6/7 and 1/3.",
)
def test_r6_example(submission, part):
    U, V = np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[np.log(3), 1.0], [0.0, 2.0]])
    due_loss = (np.log(4 / 3) + np.log(2)) / 2
    if part == "log_q":
        loss, _, _ = unpack(submission.in_batch_softmax_loss(U, V, log_q=np.log([1.0, 2.0])), "loss dU dV", of="in_batch_softmax_loss")
        assert_close(loss, (np.log(7 / 6) + np.log(3)) / 2, name="loss with log_q")
        return
    loss, dU, dV = unpack(submission.in_batch_softmax_loss(U, V), "loss dU dV", of="in_batch_softmax_loss")
    # The gradient of the logits is ((3/4 - 1, 1/4), (1/2, 1/2 - 1)) / 2.
    if part == "dU":
        assert_close(dU, np.array([[-np.log(3) / 8, 1 / 8], [np.log(3) / 4, -1 / 4]]), name="dU", axes="B d")
    elif part == "dV":
        assert_close(dV, np.array([[-1 / 8, 0.0], [1 / 8, 0.0]]), name="dV", axes="B d")
    else:
        assert_close(loss, due_loss, name="loss")
        loss, _, _ = unpack(submission.in_batch_softmax_loss(2 * U, V, temperature=2.0), "loss dU dV", of="in_batch_softmax_loss")
        assert_close(loss, due_loss, name="loss for temperature 2 and vectors twice as long")
