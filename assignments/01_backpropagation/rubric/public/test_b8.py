"""Through a simulator"""

import pytest

from autograder.rubric import assert_close, criterion, unpack

PARTS = ("dq0", "dv0", "dk")


@criterion(
    "Spring: two time steps to do by hand",
    points=1,
    tests=["simulate_spring"],
    hint="Half a kick with the force at the old position, a whole drift, half a kick with the "
    "force at the NEW position.",
)
def test_b8_example_forward(submission):
    # k = 4 and dt = 1/2: every half kick takes q from v, every drift adds v / 2 to q.
    assert_close(submission.simulate_spring(1.0, 0.0, 4.0, 0.5, 1), (0.5, -1.5), name="q v")
    assert_close(submission.simulate_spring(1.0, 0.0, 4.0, 0.5, 2), (-0.5, -1.5), name="q v")


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "Spring: the gradient of one time step",
    points=1,
    tests=["simulate_spring_grad"],
    provided=["simulate_spring"],  # when it is graded; at home it is yours
    hint="dq0, dv0 and dk count a third each. Write the three lines of a step on paper, the last "
    "one first, and ask of each: which of its inputs receives how much of the gradient of "
    "its output? k is an input of two of them.",
)
def test_b8_example_gradient(submission, reference, rng, part):
    # After one step q' = q (1 - k dt^2 / 2) + v dt; its derivatives at k = 4, dt = 1/2, q = 1, v = 0 are 1/2, 1/2, -1/8.
    i = PARTS.index(part)
    answer = submission.simulate_spring_grad(1.0, 0.0, 4.0, 0.5, 1, 1.0, 0.0)
    actual = unpack(answer, "dq0 dv0 dk", of="simulate_spring_grad")
    assert_close(actual[i], (0.5, 0.5, -0.125)[i], name=part)

    q0, v0, dq, dv = (float(value) for value in rng.normal(size=4))
    answer = submission.simulate_spring_grad(q0, v0, 2.0, 0.1, 1, dq, dv)
    actual = unpack(answer, "dq0 dv0 dk", of="simulate_spring_grad")
    expected = reference.simulate_spring_grad(q0, v0, 2.0, 0.1, 1, dq, dv)
    assert_close(actual[i], expected[i], name=part)
