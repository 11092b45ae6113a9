"""Gradient descent"""

from autograder.rubric import assert_close, criterion


@criterion(
    "Gradient descent: where it is after each number of steps",
    points=4,
    tests=["fit"],
    provided=["loss_and_gradient"],
    hint="Ask for the gradient once per step, at the weights and the bias of before, and move both with it.",
)
def test_r3_steps(submission, reference, rng):
    x, y = rng.normal(size=(8, 3)), rng.normal(size=8)
    for steps in (0, 1, 2, 7):
        answer = submission.fit(x, y, 0.1, steps)
        assert_close(answer, reference.fit(x, y, 0.1, steps), name="w b", axes="D; ")
