"""Convolution, forward"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_finite,
    assert_unchanged,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# (N, C, H, W), (F, HH, WW), stride, pad. Here images and filters are square; the first is that of the CS231n notebook.
SQUARES = [
    ((2, 3, 4, 4), (3, 4, 4), 2, 1),
    ((2, 3, 5, 5), (2, 3, 3), 1, 1),
    ((3, 1, 6, 6), (4, 2, 2), 2, 2),
    ((2, 2, 7, 7), (3, 3, 3), 1, 2),
]
# What goes right for squares goes wrong here, each for a reason of its own. Windows fit without a rest: that is v1_rest's. There is
# one channel: a sum over the first alone is paid in v1_values.
OTHERS = {
    "no padding": [
        ((2, 1, 5, 5), (2, 3, 3), 1, 0),
        ((2, 1, 7, 7), (3, 3, 3), 1, 0),
        ((2, 1, 5, 5), (4, 1, 1), 1, 0),
        ((1, 1, 3, 3), (1, 3, 3), 1, 0),
    ],
    "images that are not square": [((1, 1, 4, 7), (3, 3, 3), 1, 1), ((2, 1, 8, 4), (3, 2, 2), 1, 1)],
    "filters that are not square": [((2, 1, 5, 5), (2, 2, 4), 1, 1), ((2, 1, 6, 6), (1, 3, 1), 1, 1)],
}
# The last pixels are in no window.
RESTS = [((2, 1, 8, 8), (2, 3, 3), 2, 1), ((1, 1, 8, 8), (3, 3, 3), 3, 1)]
# Not to be used by what is tested. Keras may stand at the top of vision.py, for V7.
LIBRARIES = ["tensorflow.*", "keras.*", "*.convolve", "*.correlate", "*.polymul", "*.poly1d", "numpy.polynomial.*"]



def draw(rng, images, filters):
    """Draw x, w and b."""
    F, HH, WW = filters
    return rng.normal(size=images), rng.normal(size=(F, images[1], HH, WW)), rng.normal(size=F)


def draw_plain(rng, images, filters):
    """Draw x, w and b for which a flipped filter, or a bias that is added twice, is no mistake."""
    x, w, b = draw(rng, images, filters)
    return x, w + w[:, :, ::-1, ::-1], 0 * b


def draw_shape(rng):
    """Draw a shape, a stride and a padding of any kind, whose windows fit without a rest."""
    N, C, F = map(int, rng.integers(1, 4, size=3))
    HH, WW, S = map(int, rng.integers(1, 4, size=3))
    P = int(rng.integers(0, 3))
    rows, columns = map(int, rng.integers(2, 5, size=2))
    H, W = (max(1, size + S * (steps - 1) - 2 * P) for size, steps in ((HH, rows), (WW, columns)))
    fits = (H + 2 * P - HH) % S == (W + 2 * P - WW) % S == 0
    return ((N, C, H, W), (F, HH, WW), S, P) if fits else draw_shape(rng)


def convolve(submission, x, w, b, stride, pad):
    """Return the output of the submission's forward pass."""
    answer = submission.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    return unpack(answer, "out cache", of="conv_forward_naive")[0]


def assert_values(submission, reference, rng, cases, draw=draw):
    for images, filters, stride, pad in cases:
        x, w, b = draw(rng, images, filters)
        out = convolve(submission, x, w, b, stride, pad)
        expected = reference.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})[0]
        assert_close(out, expected, name="out", axes="N F H' W'", inputs=(x, w, b))


def judge(parts):
    """Run the parts of a criterion, each of a weight; give what the right ones are worth."""
    failures = {}
    for name, (_, part) in parts.items():
        try:
            part()
        except Exception as failure:  # noqa: BLE001  # a failed check, or what the submission raised
            failures[name] = failure
    earned = sum(weight for name, (weight, _) in parts.items() if name not in failures)
    for failure in failures.values():
        try:
            raise failure
        except Exception:
            if earned:
                partial(earned, f"Right but for {', '.join(failures)}.")
            raise


@criterion(
    "Convolution, forward: square images and filters",
    points=3,
    tests=["conv_forward_naive"],
    hint="One output is the sum over ALL channels of window times filter, plus the bias of the filter once. The filter is not "
    "flipped, and the window of output (i, j) begins at pixel (i * stride, j * stride) of the padded image. A library's "
    "convolution, also that of NumPy (np.convolve, np.correlate, np.polymul), is not accepted.",
)
def test_v1_values(submission, reference, rng):
    assert_avoids(submission, functions=["conv_forward_naive"], names=LIBRARIES, modules=["scipy", "skimage", "cv2"])
    assert_values(submission, reference, rng, SQUARES)


@criterion(
    "Convolution, forward: no padding, images and filters that are not square",
    points=3,
    tests=["conv_forward_naive"],
    hint="No padding, images that are not square and filters that are not square are worth three tenths each, all at once with strides and channels the last tenth. H' belongs to H and HH, W' "
    "to W and WW: try an image of 4 x 7 pixels, a filter of 2 x 4, and no padding at all.",
)
def test_v1_shapes(submission, reference, rng):
    groups = {name: (0.3, cases) for name, cases in OTHERS.items()}
    groups["several of these at once"] = (0.1, [draw_shape(rng) for _ in range(4)])
    judge(
        {
            name: (weight, lambda cases=cases: assert_values(submission, reference, rng, cases, draw_plain))
            for name, (weight, cases) in groups.items()
        }
    )


@criterion(
    "Convolution, forward: a rest of pixels at the border that no window fits into",
    points=1,
    tests=["conv_forward_naive"],
    hint="Sizes are rounded down: H' = 1 + (H + 2 * pad - HH) // stride, and the pixels that are left over are in no window. No image "
    "is refused for having some.",
)
def test_v1_rest(submission, reference, rng):
    assert_values(submission, reference, rng, RESTS, draw_plain)


@criterion(
    "Convolution, forward: what must hold for any image",
    points=2,
    tests=["conv_forward_naive"],
    hint="A filter with a single 1 moves the image; an image that is moved gives an output that is moved; and twice the "
    "image with no bias gives twice the output.",
)
def test_v1_properties(submission, rng):
    x, w, b = draw(rng, (2, 2, 7, 7), (3, 3, 3))
    zero = np.zeros(3)

    # One filter per shift (k, l): its output is channel 0, moved; the other way if filters are flipped, which v1_values is about.
    deltas = np.zeros((9, 2, 3, 3))
    deltas[np.arange(9), 0, np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)] = 1
    padded = np.pad(x[:, 0], ((0, 0), (1, 1), (1, 1)))
    moved = np.stack([padded[:, k : k + 7, l : l + 7] for k in range(3) for l in range(3)], axis=1)
    out = convolve(submission, x, deltas, np.zeros(9), 1, 1)
    expected = moved[:, ::-1] if is_close(out, moved[:, ::-1]) else moved
    assert_close(out, expected, name="out for filters with a single 1", axes="N F H' W'")

    out = assert_array(convolve(submission, x, w, b, 1, 1), (2, 3, 7, 7), name="out", axes="N F H' W'")
    check(bool(np.any(out != 0)), "out: every value is zero.")
    shifted = np.roll(x, (1, 1), axis=(2, 3))
    inner = assert_array(convolve(submission, shifted, w, b, 1, 1), (2, 3, 7, 7), name="out", axes="N F H' W'")
    assert_close(inner[:, :, 2:-1, 2:-1], out[:, :, 1:-2, 1:-2], name="the inside of out for a moved image", inputs=(x,))

    def output(x, w, b):
        return assert_array(convolve(submission, x, w, b, 1, 1), (2, 3, 7, 7), name="out", axes="N F H' W'")

    x2, w2, b2 = draw(rng, (2, 2, 7, 7), (3, 3, 3))
    one, two, other = output(x, w, zero), output(x2, w, zero), output(x, w2, b2)
    assert_close(output(x + 3 * x2, w, zero), one + 3 * two, name="out for x + 3 x'", inputs=(x,))
    assert_close(output(x, w + 3 * w2, 3 * b2), one + 3 * other, name="out for w + 3 w'", inputs=(x,))


@criterion(
    "Convolution, forward: nothing that was passed in is changed",
    points=1,
    tests=["conv_forward_naive"],
    testimony=True,
    hint="x, w, b and conv_param stay as they are: pad a copy, as np.pad does, and put what the backward pass will want into the "
    "cache, not into conv_param.",
)
def test_v1_safe(submission, rng):
    x, w, b = draw(rng, (2, 2, 5, 5), (3, 3, 3))
    for pad in (1, 0):  # without padding there may be no copy
        arguments = (x, w, b, {"stride": 2, "pad": pad})
        try:
            answer = assert_unchanged(submission.conv_forward_naive, *arguments, names="x w b conv_param", returns=True)
        except CheckFailed:
            raise
        except Exception:  # raises without padding alone: that is v1_shapes'
            if pad:
                raise
            check(True, "nothing was changed before it raised")
            answer = np.ones(1), None
        out, _ = unpack(answer, "out cache", of="conv_forward_naive")
        assert_finite(out, name="out")
        check(bool(np.any(np.asarray(out) != 0)), "out: every value is zero.")
