"""Loss and gradient"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Loss and gradient: an example to do by hand",
    points=2,
    tests=["loss_and_gradient"],
    provided=["predict"],
    hint="The errors are 1 and -1. Their squares have the mean 1; the gradient for w is the mean of 2 * error * x.",
)
def test_r2_example(submission, reference, rng):
    x, y = np.array([[1.0], [2.0]]), np.array([0.0, 3.0])
    answer = submission.loss_and_gradient(x, y, np.array([1.0]), 0.0)
    assert_close(answer, (1.0, np.array([-1.0]), 0.0), name="loss dw db", axes="; D; ")
    x, y, w = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=2)
    assert_close(
        submission.loss_and_gradient(x, y, w, 0.5), reference.loss_and_gradient(x, y, w, 0.5), name="loss dw db", axes="; D; "
    )
