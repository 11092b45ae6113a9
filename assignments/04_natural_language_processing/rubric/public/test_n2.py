"""Vanilla RNN"""

import math

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

LOG2, LOG3 = math.log(2), math.log(3)  # tanh of these is 3/5 and 4/5


@criterion(
    "RNN, one step forward: an example to do by hand",
    points=1,
    tests=["rnn_step_forward"],
    hint="next_h = tanh(x Wx + prev_h Wh + b), with matrix products (@): rows of Wx belong to the D inputs, rows of Wh to the "
    "last state, columns of both to the next state.",
)
def test_n2_example(submission, reference, rng):
    # N = 1, D = 1, H = 2: the sums are log 2 and -log 3.
    x, prev_h = np.array([[2.0]]), np.array([[1.0, -1.0]])
    Wx, Wh, b = np.array([[0.5, -1.0]]), np.array([[LOG2, 0.0], [1.0, LOG3]]), np.array([0.0, 2.0])
    next_h, _ = unpack(submission.rnn_step_forward(x, prev_h, Wx, Wh, b), "next_h cache", of="rnn_step_forward")
    assert_close(next_h, np.array([[0.6, -0.8]]), name="next_h", axes="N H")

    inputs = [rng.normal(size=shape) for shape in [(3, 4), (3, 5), (4, 5), (5, 5), (5,)]]
    next_h, _ = unpack(submission.rnn_step_forward(*inputs), "next_h cache", of="rnn_step_forward")
    assert_close(next_h, reference.rnn_step_forward(*inputs)[0], name="next_h", axes="N H", inputs=inputs)


@criterion(
    "RNN, backward: two steps to do by hand",
    points=1,
    tests=["rnn_forward", "rnn_backward"],
    hint="The state after the first step has two readers: you, with dh[:, 0], and the second step. Its gradient is the sum of "
    "both. Every weight is used at every time, so its gradient is a sum over t.",
)
def test_n2_example_backward(submission):
    # One sequence, twice the number 1, and one unit: the states are 3/5 and 4/5.
    wx, wh = LOG2, (LOG3 - LOG2) / 0.6
    inputs = np.array([[[1.0], [1.0]]]), np.zeros((1, 1)), np.array([[wx]]), np.array([[wh]]), np.zeros(1)
    h, cache = unpack(submission.rnn_forward.keep(*inputs), "h cache", of="rnn_forward")
    assert_close(h.value(), np.array([[[0.6], [0.8]]]), name="h", axes="N T H")

    da2 = 1.0 * (1 - 0.8**2)  # of what was inside the second tanh: from dh alone
    da1 = (10.0 + da2 * wh) * (1 - 0.6**2)  # of what was inside the first: from dh, and through the second step
    expected = (
        np.array([[[da1 * wx], [da2 * wx]]]),
        np.array([[da1 * wh]]),
        np.array([[1.0 * da1 + 1.0 * da2]]),
        np.array([[0.0 * da1 + 0.6 * da2]]),
        np.array([da1 + da2]),
    )
    actual = submission.rnn_backward(np.array([[[10.0], [1.0]]]), cache)
    assert_close(actual, expected, name="dx dh0 dWx dWh db", axes="N T D; N H; D H; H H; H")
