"""Spatial batch and group normalisation"""

import numpy as np

from autograder.rubric import assert_close, criterion, is_close, unpack


@criterion(
    "Spatial batch normalisation: an example to do by hand",
    points=1,
    tests=["spatial_batchnorm_forward"],
    hint="Two channels, so two means and two variances, each over 2 images of 1 x 2 pixels.",
)
def test_v5_example_batch(submission):
    # Channel 0 has mean 2 and variance 1, channel 1 mean 0 and variance 4.
    x = np.array([[[[1.0, 3.0]], [[-2.0, -2.0]]], [[[3.0, 1.0]], [[2.0, 2.0]]]])
    gamma, beta = np.array([1.0, 10.0]), np.array([0.0, 5.0])
    bn_param = submission.lend({"mode": "train", "eps": 0.0, "momentum": 0.9})
    answer = submission.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    out, _ = unpack(answer, "out cache", of="spatial_batchnorm_forward")
    expected = np.array([[[[-1.0, 1.0]], [[-5.0, -5.0]]], [[[1.0, -1.0]], [[15.0, 15.0]]]])
    assert_close(out, expected, name="out", axes="N C H W")
    kept = bn_param.value()
    for name, running in (("running_mean", [0.2, 0.0]), ("running_var", [0.1, 0.4])):
        assert_close(kept.get(name), np.array(running), name=f'bn_param["{name}"]', axes="C", atol=1e-5)


@criterion(
    "Group normalisation: an example to do by hand",
    points=1,
    tests=["spatial_groupnorm_forward"],
    hint="With 4 channels and G = 2, the channels 0 and 1 are one group, 2 and 3 the other; every image has statistics of its own.",
)
def test_v5_example_group(submission):
    # Two images of 1 x 1 pixels; the groups have means 2 and 20, variances 1 and 100; then -4 and 0, 4 and 25.
    x = np.array([[1.0, 3.0, 10.0, 30.0], [-6.0, -2.0, 5.0, -5.0]]).reshape(2, 4, 1, 1)
    gamma, beta = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 0.0, 10.0])
    expected = np.array([[-1.0, 2.0, -3.0, 14.0], [-1.0, 2.0, 3.0, 6.0]]).reshape(2, 4, 1, 1)

    out = None
    for shape in ((1, 4, 1, 1), (4,)):  # gamma and beta as CS231n has them; those who only take (C,) are right, too
        try:
            out, _ = submission.spatial_groupnorm_forward(x, gamma.reshape(shape), beta.reshape(shape), 2, {"eps": 0.0})
        except (ValueError, IndexError, TypeError):
            continue
        if is_close(out, expected):
            break
    assert_close(out, expected, name="out", axes="N C H W")
