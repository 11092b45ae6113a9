"""Layer normalisation"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "Layer normalisation, forward: an example to do by hand",
    points=1,
    tests=["layernorm_forward"],
    hint="Every row has its own mean and variance, over axis 1; with keepdims=True they have the "
    "shape (N, 1), which broadcasts against (N, D).",
)
def test_b5_example_forward(submission):
    # Both rows have the variance 4, and the means 3 and -3.
    x = np.array([[1.0, 5.0, 1.0, 5.0], [-1.0, -1.0, -5.0, -5.0]])
    gamma, beta = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 0.0, 10.0])
    answer = submission.layernorm_forward(x, gamma, beta, {"eps": 0.0})
    out, _ = unpack(answer, "out cache", of="layernorm_forward")
    assert_close(out, np.array([[-1.0, 2.0, -3.0, 14.0], [1.0, 2.0, -3.0, 6.0]]), name="out", axes="N D")


@criterion(
    "Layer normalisation, backward: a small batch",
    points=1,
    tests=["layernorm_forward", "layernorm_backward"],
    hint="For dx, replace every sum over the batch in batch normalisation by a sum over the row; "
    "for dgamma and dbeta the sums stay sums over the batch.",
)
def test_b5_example_backward(submission, reference, rng):
    x, dout = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    gamma, beta = rng.normal(size=5), rng.normal(size=5)
    _, cache = unpack(submission.layernorm_forward.keep(x, gamma, beta, {}), "out cache", of="layernorm_forward")
    expected = reference.layernorm_backward(dout, reference.layernorm_forward(x, gamma, beta, {})[1])
    actual = submission.layernorm_backward(dout, cache)
    assert_close(actual, expected, name="dx dgamma dbeta", axes="N D; D; D", inputs=(x,))
