"""Define-by-run automatic differentiation."""

import math

from autograder.rubric import assert_close, criterion


@criterion(
    "Value: an example of values",
    points=2,
    tests=["Value"],
    hint="Make a Value of the plain number first; then 1 - x and 1 / x are operations of two Values, the number on "
    "the left.",
)
def test_i3_example_values(submission, rng):
    x = submission.Value(4.0)
    assert_close((x * x + 2.0).data, 18.0, name="x * x + 2 at x = 4")
    assert_close((1.0 - x / 2.0).data, -1.0, name="1 - x / 2 at x = 4")
    assert_close((1.0 / x + x**0.5).data, 2.25, name="1 / x + x**0.5 at x = 4")
    assert_close((x.log() * 2.0).exp().data, 16.0, name="exp(2 log x) at x = 4")
    a, b = rng.uniform(1, 2, 2).tolist()
    root = (-submission.Value(a)).relu() + submission.Value(b).relu() * 3.0
    assert_close(root.data, 3 * b, name="relu(-a) + 3 relu(b) for positive a and b")


@criterion(
    "Value.backward: an example of gradients",
    points=2,
    tests=["Value.backward"],
    hint="At x = 3, x * x + x has the gradient 2x + 1 = 7: the two uses of x add up. In the second one, m is used "
    "twice.",
)
def test_i3_example_gradients(submission, rng):
    x = submission.Value(3.0)
    (x * x + x).backward()
    assert_close(x.grad, 7.0, name="the gradient of x * x + x at x = 3")
    x = submission.Value(3.0)
    m = x * 2.0
    (m * m + m).backward()
    assert_close(x.grad, 26.0, name="the gradient of m * m + m with m = 2x at x = 3")
    at = float(rng.uniform(0.5, 1.5))
    x = submission.Value(at)
    ((x * 0.5).tanh() * x.exp()).backward()
    t = math.tanh(at / 2)
    assert_close(x.grad, math.exp(at) * (t + (1 - t * t) / 2), name="the gradient of tanh(x / 2) * exp(x)")
