"""Convolution, backward"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# One image of 3 x 3 pixels under a filter of 2 x 2: its middle lies in all four windows.
X = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
W = np.array([[[[1000.0, 100.0], [10.0, 1.0]]]])


def gradients(submission, x, w, b, dout, conv_param):
    """Return what the submission's backward pass makes of the cache of its own forward pass."""
    _, cache = unpack(submission.conv_forward_naive.keep(x, w, b, conv_param), "out cache", of="conv_forward_naive")
    return submission.conv_backward_naive(dout, cache)


@criterion(
    "Convolution, backward: an example to do by hand",
    points=1,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="The pixel in the middle lies in four windows, so its gradient is a sum of four terms. There is no padding: what if pad is "
    "0 in dx = dxp[:, :, pad:-pad, pad:-pad]?",
)
def test_v2_example(submission):
    dout = np.array([[[[1.0, 2.0], [0.0, 3.0]]]])
    expected = (
        np.array([[[[1000.0, 100.0 + 2000.0, 200.0], [10.0, 1.0 + 20.0 + 3000.0, 2.0 + 300.0], [0.0, 30.0, 3.0]]]]),
        np.array([[[[1.0 + 2 * 2.0 + 3 * 5.0, 2.0 + 2 * 3.0 + 3 * 6.0], [4.0 + 2 * 5.0 + 3 * 8.0, 5.0 + 2 * 6.0 + 3 * 9.0]]]]),
        np.array([6.0]),
    )
    actual = gradients(submission, X, W, np.zeros(1), dout, {"stride": 1, "pad": 0})
    assert_close(actual, expected, name="dx dw db", axes="N C H W; F C HH WW; F")


@criterion(
    "Convolution, backward: a small batch",
    points=1,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="dw and db are sums over the images and the pixels of the output, dx is a sum over the filters.",
)
def test_v2_example_batch(submission, reference, rng):
    x, w, b = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(2, 3, 3, 3)), rng.normal(size=2)
    dout, conv_param = rng.normal(size=(2, 2, 4, 4)), {"stride": 1, "pad": 1}
    expected = reference.conv_backward_naive(dout, reference.conv_forward_naive(x, w, b, conv_param)[1])
    actual = gradients(submission, x, w, b, dout, conv_param)
    assert_close(actual, expected, name="dx dw db", axes="N C H W; F C HH WW; F", inputs=(x, w))
