"""Frontier: image translation, cycle consistency"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion


@pytest.mark.parametrize("name", ["cycle_loss", "gradient_penalty"])
@criterion(
    "cycle_loss and gradient_penalty: an example to do by hand",
    points=1,
    tests=["cycle_loss", "gradient_penalty"],
    hint="G doubles and F takes away 1: a way there and back leads from x to 2x - 1, and from y to 2y - 2; lam is 2 "
    "here, and a factor of both. A gradient of (3, 4) has norm 5.",
)
def test_g7_example(submission, name):
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 2.0], [5.0, 2.0]])
    if name == "cycle_loss":
        loss = submission.cycle_loss(x, y, lambda x: 2 * x, lambda y: y - 1, 2.0)
        assert_close(loss, 2.0 * (0.5 + 1.25), name="loss")  # |0|, |1|; and |-2|, |0|, |3|, |0|
    else:
        penalty = submission.gradient_penalty(lambda x: np.tile([3.0, 4.0], (len(x), 1)), y, y + 1, np.array([0.5, 0.1]))
        assert_close(penalty, 16.0, name="penalty")
