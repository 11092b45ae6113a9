"""Convolution without loops"""

import numpy as np

from autograder.rubric import assert_close, assert_vectorised, criterion, unpack

PARAM = {"stride": 1, "pad": 1}


@criterion(
    "Convolution without loops: a small batch",
    points=1,
    tests=["conv_forward_im2col"],
    hint="The output is that of conv_forward_naive, in the same order of axes: compare the two on random images.",
)
def test_v4_example(submission, reference, rng):
    x, w, b = np.ones((2, 3, 4, 4)), np.ones((5, 3, 3, 3)), np.arange(5.0)
    out, _ = unpack(submission.conv_forward_im2col(x, w, b, PARAM), "out cache", of="conv_forward_im2col")
    seen = 3 * np.array([[4, 6, 6, 4], [6, 9, 9, 6], [6, 9, 9, 6], [4, 6, 6, 4]])  # pixels under the filter, 3 channels
    assert_close(out, np.broadcast_to(seen + b[:, None, None], (2, 5, 4, 4)), name="out", axes="N F H' W'")

    x, w, b = rng.normal(size=(2, 3, 6, 6)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    out, _ = unpack(submission.conv_forward_im2col(x, w, b, PARAM), "out cache", of="conv_forward_im2col")
    assert_close(out, reference.conv_forward_naive(x, w, b, PARAM)[0], name="out", axes="N F H' W'", inputs=(x, w, b))


@criterion(
    "Convolution without loops: the same number of Python steps for twice as many images",
    points=1,
    tests=["conv_forward_im2col"],
    testimony=True,
    hint="for, while and comprehensions over images or pixels are what this exercise is about avoiding. The numbers must be those "
    "of the convolution, in whatever order.",
)
def test_v4_example_work(submission):
    def work(n):
        x, w, b = np.ones((n, 2, 4, 4)), np.ones((2, 2, 3, 3)), np.zeros(2)
        observed = submission.conv_forward_im2col.under(count_work=True)
        out, _ = unpack(observed(x, w, b, PARAM), "out cache", of="conv_forward_im2col")
        numbers = np.sort(out, axis=None) if isinstance(out, (np.ndarray, list, tuple)) else out
        assert_close(numbers, np.repeat([8.0, 12.0, 18.0], [8 * n, 16 * n, 8 * n]), name="the numbers in out, in order of size")
        return observed.testimony.work

    assert_vectorised(work, (4, 8), name="conv_forward_im2col", axis="N")
