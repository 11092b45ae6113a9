"""Convolution without loops"""

import numpy as np

from autograder.rubric import assert_close, assert_vectorised, criterion, unpack, work_of

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

    x, w, b = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    out, _ = unpack(submission.conv_forward_im2col(x, w, b, PARAM), "out cache", of="conv_forward_im2col")
    assert_close(out, reference.conv_forward_naive(x, w, b, PARAM)[0], name="out", axes="N F H' W'", inputs=(x, w, b))


@criterion(
    "Convolution without loops: the same number of Python steps for twice as many images",
    points=1,
    tests=["conv_forward_im2col"],
    after=["v4_example"],
    testimony=True,
    hint="for, while and comprehensions over images or pixels are what this exercise is about avoiding.",
)
def test_v4_example_work(submission):
    def work(n):
        return work_of(submission.conv_forward_im2col, np.ones((n, 2, 6, 6)), np.ones((2, 2, 3, 3)), np.zeros(2), PARAM)

    assert_vectorised(work, (4, 8), name="conv_forward_im2col", axis="N")
