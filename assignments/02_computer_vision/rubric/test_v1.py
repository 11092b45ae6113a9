"""Convolution, forward"""

import numpy as np

from autograder.rubric import assert_avoids, assert_close, assert_finite, assert_unchanged, check, criterion, unpack

# (N, C, H, W), (F, HH, WW), stride, pad. Here images and filters are square; the first is that of the CS231n notebook.
SQUARES = [
    ((2, 3, 4, 4), (3, 4, 4), 2, 1),
    ((2, 3, 5, 5), (2, 3, 3), 1, 1),
    ((3, 1, 6, 6), (4, 2, 2), 2, 2),
    ((2, 2, 7, 7), (3, 3, 3), 1, 2),
]
# What goes right for squares goes wrong here: no padding, H is not W, HH is not WW, one image, one filter, one pixel,
# windows that leave a rest at the border.
OTHERS = [
    ((2, 3, 5, 5), (2, 3, 3), 1, 0),
    ((1, 2, 4, 7), (3, 3, 3), 1, 1),
    ((2, 2, 7, 4), (3, 2, 2), 1, 0),
    ((2, 1, 5, 5), (2, 2, 4), 1, 1),
    ((2, 3, 6, 6), (1, 3, 1), 1, 0),
    ((2, 3, 5, 4), (4, 1, 1), 1, 0),
    ((1, 2, 8, 5), (3, 3, 2), 2, 2),
    ((2, 2, 8, 6), (2, 3, 3), 2, 0),
    ((2, 1, 6, 9), (2, 2, 3), 3, 1),
    ((1, 1, 3, 3), (1, 3, 3), 1, 0),
]


def draw(rng, images, filters):
    """Draw x, w and b."""
    F, HH, WW = filters
    return rng.normal(size=images), rng.normal(size=(F, images[1], HH, WW)), rng.normal(size=F)


def draw_shape(rng):
    """Draw a shape, a stride and a padding of the other kind."""
    N, C, F = map(int, rng.integers(1, 4, size=3))
    HH, WW, S = map(int, rng.integers(1, 4, size=3))
    P = int(rng.integers(0, 3))
    H, W = int(rng.integers(HH, HH + 5)), int(rng.integers(WW, WW + 5))
    return (N, C, H, W), (F, HH, WW), S, P


def convolve(submission, x, w, b, stride, pad):
    """Return the output of the submission's forward pass."""
    answer = submission.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    return unpack(answer, "out cache", of="conv_forward_naive")[0]


def assert_values(submission, reference, rng, cases):
    for images, filters, stride, pad in cases:
        x, w, b = draw(rng, images, filters)
        out = convolve(submission, x, w, b, stride, pad)
        expected = reference.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})[0]
        assert_close(out, expected, name="out", axes="N F H' W'", inputs=(x, w, b))


@criterion(
    "Convolution, forward: square images and filters",
    points=3,
    tests=["conv_forward_naive"],
    hint="One output is the sum over ALL channels of window times filter, plus the bias of the filter once. The filter is not "
    "flipped, and the window of output (i, j) begins at pixel (i * stride, j * stride) of the padded image.",
)
def test_v1_values(submission, reference, rng):
    assert_avoids(submission, functions=["conv_forward_naive"], names=["*.conv", "*.conv2d", "*.convolution"], modules=["scipy"])
    assert_values(submission, reference, rng, SQUARES)


@criterion(
    "Convolution, forward: every other shape",
    points=3,
    tests=["conv_forward_naive"],
    hint="H' belongs to H and HH, W' to W and WW: try an image of 4 x 7 pixels, a filter of 2 x 4, and no padding at all. A "
    "rest of pixels at the border that no window fits into is left out.",
)
def test_v1_shapes(submission, reference, rng):
    assert_values(submission, reference, rng, [*OTHERS, draw_shape(rng), draw_shape(rng)])


@criterion(
    "Convolution, forward: what must hold for any image",
    points=3,
    tests=["conv_forward_naive"],
    hint="A filter with a single 1 moves the image; an image that is moved gives an output that is moved; and twice the "
    "image with no bias gives twice the output.",
)
def test_v1_properties(submission, rng):
    x, w, b = draw(rng, (2, 2, 6, 7), (3, 3, 3))
    zero = np.zeros(3)

    # One filter per shift (k, l): its output is channel 1, moved.
    deltas = np.zeros((9, 2, 3, 3))
    deltas[np.arange(9), 1, np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)] = 1
    moved = np.stack([x[:, 1, k : k + 4, l : l + 5] for k in range(3) for l in range(3)], axis=1)
    assert_close(convolve(submission, x, deltas, np.zeros(9), 1, 0), moved, name="out for filters with a single 1", axes="N F H' W'")

    out = convolve(submission, x, w, b, 1, 1)
    check(isinstance(out, np.ndarray) and out.shape == (2, 3, 6, 7), "out: expected an array of shape (2, 3, 6, 7).", kind="shape")
    assert_finite(out, name="out")
    check(bool(np.any(out != 0)), "out: every value is zero.")
    shifted = np.roll(x, (1, 1), axis=(2, 3))
    inner = convolve(submission, shifted, w, b, 1, 1)[:, :, 2:-1, 2:-1]
    assert_close(inner, out[:, :, 1:-2, 1:-2], name="the inside of out for a moved image", inputs=(x,))

    x2, w2, b2 = draw(rng, (2, 2, 6, 7), (3, 3, 3))
    both = convolve(submission, x, w, zero, 2, 1), convolve(submission, x2, w, zero, 2, 1)
    assert_close(convolve(submission, x + 3 * x2, w, zero, 2, 1), both[0] + 3 * both[1], name="out for x + 3 x'", inputs=(x,))
    other = convolve(submission, x, w2, b2, 2, 1)
    assert_close(convolve(submission, x, w + 3 * w2, 3 * b2, 2, 1), both[0] + 3 * other, name="out for w + 3 w'", inputs=(x,))


@criterion(
    "Convolution, forward: nothing that was passed in is changed",
    points=1,
    tests=["conv_forward_naive"],
    testimony=True,
    hint="Pad a copy, as np.pad does: the caller's x keeps its shape and its values.",
)
def test_v1_safe(submission, rng):
    x, w, b = draw(rng, (2, 2, 5, 6), (3, 3, 3))
    for pad in (1, 0):  # without padding there may be no copy
        arguments = (x, w, b, {"stride": 2, "pad": pad})
        answer = assert_unchanged(submission.conv_forward_naive, *arguments, names="x w b conv_param", returns=True)
        out, _ = unpack(answer, "out cache", of="conv_forward_naive")
        assert_finite(out, name="out")
        check(bool(np.any(np.asarray(out) != 0)), "out: every value is zero.")
