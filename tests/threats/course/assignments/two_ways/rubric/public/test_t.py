"""Training: an example."""

import numpy as np

from autograder.rubric import criterion


@criterion(
    "Training: an example", points=2, tests=["train"], hint="Put the loss into the history before every single step."
)
def test_t_example(submission):
    w, history, held = submission.train(np.eye(2), np.array([1.0, 2.0]), np.ones((3, 2)), 4)
    assert (len(w), len(history), len(held)) == (2, 4, 3), "w, history or predictions have another length"
