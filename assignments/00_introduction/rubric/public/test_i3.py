"""Define-by-run automatic differentiation."""

import math

import pytest

from autograder.rubric import assert_close, criterion

# What is computed from x = 4, and what comes out. Each line is graded by itself.
VALUES = {
    "x * x + 2": (lambda x: x * x + 2.0, 18.0),
    "3 + x": (lambda x: 3.0 + x, 7.0),
    "2 * x": (lambda x: 2.0 * x, 8.0),
    "-x": (lambda x: -x, -4.0),
    "x - 1": (lambda x: x - 1.0, 3.0),
    "1 - x": (lambda x: 1.0 - x, -3.0),
    "x / 8": (lambda x: x / 8.0, 0.5),
    "1 / x": (lambda x: 1.0 / x, 0.25),
    "x**0.5": (lambda x: x**0.5, 2.0),
    "x.exp()": (lambda x: x.exp(), math.exp(4.0)),
    "x.log()": (lambda x: x.log(), math.log(4.0)),
    "x.tanh()": (lambda x: x.tanh(), math.tanh(4.0)),
    "x.relu()": (lambda x: x.relu(), 4.0),
}


@criterion(
    "Value: an example of values",
    points=2,
    tests=["Value"],
    hint="Each line is graded by itself. A plain number may stand on either side: 1 - x reaches __rsub__ and 1 / x "
    "reaches __rtruediv__, with the Value on the right.",
)
@pytest.mark.parametrize("text", VALUES)
def test_i3_example_values(submission, text):
    compute, expected = VALUES[text]
    assert_close(compute(submission.Value(4.0)).data, expected, name=f"{text} at x = 4")


# What is computed from x and y, and the gradients of both at x = 3, y = 0.5.
T = math.tanh(0.5)
GRADIENTS = {
    "x * y": (lambda x, y: x * y, 0.5, 3.0),
    "tanh(y)": (lambda x, y: y.tanh(), 0.0, 1 - T * T),
    "x * x + x": (lambda x, y: x * x + x, 7.0, 0.0),
    "m * m + m with m = x * y": (lambda x, y: m_twice(x * y), 2.0, 12.0),
}


def m_twice(m):
    return m * m + m


@criterion(
    "Value.backward: an example of gradients",
    points=2,
    tests=["Value.backward"],
    hint="Each line is graded by itself. At x = 3, x * x + x has the gradient 2x + 1 = 7: the two uses of x add up. In the last one, m is used "
    "twice, and hands its gradient on when it has all of it.",
)
@pytest.mark.parametrize("text", GRADIENTS)
def test_i3_example_gradients(submission, text):
    compute, by_x, by_y = GRADIENTS[text]
    x, y = submission.Value(3.0), submission.Value(0.5)
    compute(x, y).backward()
    assert_close([x.grad, y.grad], [by_x, by_y], name=f"the gradients of {text} with respect to x and y")
