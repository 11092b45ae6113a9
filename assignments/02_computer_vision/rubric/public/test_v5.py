"""Spatial batch and group normalisation"""

import numpy as np

from autograder.rubric import assert_close, criterion, is_close, unpack


@criterion(
    "Spatial batch normalisation: an example to do by hand",
    points=1,
    tests=["spatial_batchnorm_forward"],
    hint="Two channels, so two means and two variances, each over 2 images of 2 x 2 pixels; one running mean and variance for each.",
)
def test_v5_example_batch(submission):
    # Channel 0 has mean 2 and variance 1, channel 1 mean 0 and variance 4.
    x_hat = np.array([[[[-1.0, 1.0], [-1.0, 1.0]], [[-1.0, -1.0], [-1.0, -1.0]]], [[[1.0, 1.0], [-1.0, -1.0]], [[1.0, 1.0], [1.0, 1.0]]]])
    x = x_hat * np.array([1.0, 2.0]).reshape(1, 2, 1, 1) + np.array([2.0, 0.0]).reshape(1, 2, 1, 1)
    gamma, beta = np.array([1.0, 10.0]), np.array([0.0, 5.0])
    bn_param = submission.lend({"mode": "train", "eps": 0.0, "momentum": 0.9})
    answer = submission.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    out, _ = unpack(answer, "out cache", of="spatial_batchnorm_forward")
    expected = x_hat * gamma.reshape(1, 2, 1, 1) + beta.reshape(1, 2, 1, 1)
    assert_close(out, expected, name="out", axes="N C H W")
    kept = bn_param.value()
    for name, running in (("running_mean", [0.2, 0.0]), ("running_var", [0.1, 0.4])):
        assert_close(kept.get(name), np.array(running), name=f'bn_param["{name}"]', axes="C", atol=1e-5)


@criterion(
    "Group normalisation: an example to do by hand",
    points=1,
    tests=["spatial_groupnorm_forward"],
    hint="With 6 channels and G = 2, the channels 0, 1 and 2 are one group, 3, 4 and 5 the other, each with all of its pixels; every "
    "image has statistics of its own.",
)
def test_v5_example_group(submission):
    # Groups of three channels of 2 x 2 pixels: mean 0 and variance 1 over all twelve, but neither in a channel nor at a pixel.
    group = np.array([[[-1.0, -1.0], [-1.0, -1.0]], [[1.0, 1.0], [1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
    x_hat = np.array([[group, group[::-1]], [group[[1, 2, 0]], group]])  # (N, G, C / G, H, W)
    mean, std = np.array([[2.0, 20.0], [-4.0, 0.0]]), np.array([[1.0, 10.0], [2.0, 5.0]])  # (N, G)
    x = (x_hat * std[:, :, None, None, None] + mean[:, :, None, None, None]).reshape(2, 6, 2, 2)
    gamma, beta = np.arange(1.0, 7.0), np.array([0.0, 0.0, 0.0, 0.0, 0.0, 10.0])
    expected = x_hat.reshape(2, 6, 2, 2) * gamma.reshape(1, 6, 1, 1) + beta.reshape(1, 6, 1, 1)

    out = None
    for shape in ((1, 6, 1, 1), (6,)):  # gamma and beta as CS231n has them; those who only take (C,) are right, too
        try:
            out, _ = submission.spatial_groupnorm_forward(x, gamma.reshape(shape), beta.reshape(shape), 2, {"eps": 0.0})
        except (ValueError, IndexError, TypeError):
            continue
        if is_close(out, expected):
            break
    assert_close(out, expected, name="out", axes="N C H W")
