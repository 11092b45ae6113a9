"""Max pooling"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# Four windows of 2 x 2 pixels, which lie apart.
X = np.array([[[[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 7.0], [9.0, 6.0, -1.0, -2.0], [-5.0, -9.0, -4.0, -3.0]]]])
PARAM = {"pool_height": 2, "pool_width": 2, "stride": 2}


@criterion(
    "Max pooling, forward: an example to do by hand",
    points=1,
    tests=["max_pool_forward_naive"],
    hint="Every window gives one number, its largest, which may be negative; H' = 1 + (H - pool_height) // stride.",
)
def test_v3_example_forward(submission):
    for pixels, expected in ((X, [[[[5.0, 8.0], [9.0, -1.0]]]]), (-X, [[[[-1.0, 0.0], [9.0, 4.0]]]])):
        answer = submission.max_pool_forward_naive(pixels, PARAM)
        out, _ = unpack(answer, "out cache", of="max_pool_forward_naive")
        assert_close(out, np.array(expected), name="out", axes="N C H' W'")


@criterion(
    "Max pooling, backward: an example to do by hand",
    points=1,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="The largest pixel of each window gets the whole gradient of the window, the others nothing.",
)
def test_v3_example_backward(submission, reference, rng):
    answer = submission.max_pool_forward_naive.keep(X, PARAM)
    _, cache = unpack(answer, "out cache", of="max_pool_forward_naive")
    dx = submission.max_pool_backward_naive(np.array([[[[10.0, 20.0], [30.0, 40.0]]]]), cache)
    expected = np.array([[[[0.0, 10.0, 0.0, 0.0], [0.0, 0.0, 20.0, 0.0], [30.0, 0.0, 40.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]])
    assert_close(dx, expected, name="dx", axes="N C H W")

    x, dout = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(2, 3, 2, 2))
    _, cache = unpack(submission.max_pool_forward_naive.keep(x, PARAM), "out cache", of="max_pool_forward_naive")
    expected = reference.max_pool_backward_naive(dout, reference.max_pool_forward_naive(x, PARAM)[1])
    assert_close(submission.max_pool_backward_naive(dout, cache), expected, name="dx", axes="N C H W", inputs=(x,))
