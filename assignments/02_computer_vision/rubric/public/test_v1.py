"""Convolution, forward"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# One image of 3 x 3 pixels; the filter takes a pixel, and 10 times its neighbour below on the right.
X = np.arange(9.0).reshape(1, 1, 3, 3)
W = np.array([[[[1.0, 0.0], [0.0, 10.0]]]])


def convolve(submission, x, w, b, stride, pad):
    """Return the output of the submission's forward pass."""
    answer = submission.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    return unpack(answer, "out cache", of="conv_forward_naive")[0]


@criterion(
    "Convolution, forward: an example to do by hand",
    points=1,
    tests=["conv_forward_naive"],
    hint="Lay the filter on the image without flipping it, multiply what lies on each other, add up, and add the bias.",
)
def test_v1_example(submission):
    out = convolve(submission, X, W, np.array([100.0]), 1, 0)
    assert_close(out, np.array([[[[140.0, 151.0], [173.0, 184.0]]]]), name="out", axes="N F H' W'")


@criterion(
    "Convolution, forward: padding and stride",
    points=1,
    tests=["conv_forward_naive"],
    hint="With pad 1 the image of 4 x 4 pixels becomes one of 6 x 6, with zeros on all four sides; with stride 2 the windows begin at its "
    "rows and columns 0, 2 and 4: H' = 1 + (4 + 2 - 2) // 2.",
)
def test_v1_example_padded(submission, reference, rng):
    out = convolve(submission, np.arange(16.0).reshape(1, 1, 4, 4), W, np.zeros(1), 2, 1)
    expected = np.array([[[[0.0, 20.0, 0.0], [80.0, 5.0 + 100.0, 7.0], [0.0, 13.0, 15.0]]]])
    assert_close(out, expected, name="out", axes="N F H' W'")

    x, w, b = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(3, 3, 4, 4)), rng.normal(size=3)
    expected, _ = reference.conv_forward_naive(x, w, b, {"stride": 2, "pad": 1})
    assert_close(convolve(submission, x, w, b, 2, 1), expected, name="out", axes="N F H' W'", inputs=(x, w, b))
