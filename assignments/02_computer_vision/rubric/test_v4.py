"""Convolution without loops"""

import numpy as np

from autograder.rubric import assert_avoids, assert_close, assert_vectorised, criterion, unpack

# (N, C, H, W), (F, HH, WW), stride, pad.
SHAPES = [
    ((2, 3, 4, 4), (3, 4, 4), 2, 1),
    ((4, 3, 5, 5), (2, 3, 3), 1, 1),
    ((2, 3, 5, 7), (2, 3, 3), 1, 0),
    ((1, 2, 7, 4), (3, 2, 3), 1, 1),
    ((2, 1, 8, 5), (1, 3, 2), 2, 2),
    ((3, 2, 4, 5), (4, 1, 1), 1, 0),
    ((2, 2, 9, 6), (2, 2, 3), 3, 1),
]


def draw(rng, images, filters):
    """Draw x, w and b."""
    F, HH, WW = filters
    return rng.normal(size=images), rng.normal(size=(F, images[1], HH, WW)), rng.normal(size=F)


@criterion(
    "Convolution without loops: values",
    points=4,
    tests=["conv_forward_im2col"],
    hint="The order of the axes is where this goes wrong: rows that run over (n, i, j) come back as (N, H', W', F), and a "
    "transpose makes (N, F, H', W') of that; a reshape alone only looks right.",
)
def test_v4_values(submission, reference, rng):
    for images, filters, stride, pad in SHAPES:
        x, w, b = draw(rng, images, filters)
        conv_param = {"stride": stride, "pad": pad}
        out, _ = unpack(submission.conv_forward_im2col(x, w, b, conv_param), "out cache", of="conv_forward_im2col")
        expected, _ = reference.conv_forward_naive(x, w, b, conv_param)
        assert_close(out, expected, name="out", axes="N F H' W'", inputs=(x, w, b))


#: What doubles, and the sizes N, C, F, H, W when it is n.
AXES = {
    "N": lambda n: (n, 2, 2, 8, 8),
    "H": lambda n: (2, 2, 2, n, 8),
    "W": lambda n: (2, 2, 2, 8, n),
    "C": lambda n: (2, n, 2, 8, 8),
    "F": lambda n: (2, 2, n, 8, 8),
}


@criterion(
    "Convolution without loops: the same number of Python steps for images of any size",
    points=4,
    tests=["conv_forward_im2col"],
    testimony=True,
    hint="Executed lines and turns of loops are counted while N, H, W, C or F doubles, and must not grow. A comprehension is a "
    "loop. A loop over the HH * WW pixels of the filter is fine: it does not grow.",
)
def test_v4_work(submission, reference, rng):
    def work(axis, n):
        N, C, F, H, W = AXES[axis](n)
        x, w, b = draw(rng, (N, C, H, W), (F, 3, 3))
        observed = submission.conv_forward_im2col.under(count_work=True)
        out, _ = unpack(observed(x, w, b, {"stride": 1, "pad": 1}), "out cache", of="conv_forward_im2col")
        expected, _ = reference.conv_forward_naive(x, w, b, {"stride": 1, "pad": 1})
        assert_close(out, expected, name="out", axes="N F H' W'", inputs=(x, w, b))
        return observed.testimony.work

    for axis in AXES:
        assert_vectorised(lambda n, axis=axis: work(axis, n), (4, 8), name="conv_forward_im2col", axis=axis)


@criterion(
    "Convolution without loops: written by yourself",
    points=2,
    tests=["conv_forward_im2col"],
    after=["v4_values"],
    hint="NumPy's indexing, reshape, as_strided, sliding_window_view, einsum and tensordot are all welcome. A library's "
    "convolution is not, nor is a loop in disguise: map, np.vectorize, np.apply_along_axis.",
)
def test_v4_source(submission):
    # Keras itself may stand at the top of vision.py, for V7: so its convolutions are named, not the package.
    names = ["*.conv", "*.conv2d", "*.convolution", "*.depthwise_conv2d"]
    modules = ["scipy", "torch", "jax", "cv2", "numba"]
    assert_avoids(submission, functions=["conv_forward_im2col"], names=names, modules=modules, c_loops=True)
