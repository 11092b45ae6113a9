"""Convolution, backward"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# (N, C, H, W), (F, HH, WW), stride, pad. Shapes at which H and W, rows and columns, cannot be told from each other. Strides
# above 1 are v2_strides', so that a wrong one is paid once.
SQUARES = [((4, 3, 5, 5), (2, 3, 3), 1, 1), ((2, 2, 4, 4), (3, 2, 2), 1, 1)]
# 73,800 inputs, each of which few outputs see: loops over pixels take a second at most, finite differences ten and more.
MANY_INPUTS = ((1, 1800, 4, 4), (1, 5, 5), 1, 1)
UNPADDED = [((2, 3, 5, 5), (2, 3, 3), 1, 0), ((1, 2, 4, 4), (3, 1, 1), 1, 0), ((2, 1, 6, 6), (1, 2, 2), 1, 0)]
STRIDES = [
    ((2, 2, 7, 7), (3, 3, 3), 2, 1),
    ((1, 2, 6, 6), (2, 2, 2), 2, 2),
    ((1, 2, 5, 5), (2, 3, 3), 1, 2),  # more padding than stride, all of which windows see
]
NOT_SQUARE = [((2, 2, 7, 6), (3, 3, 2), 2, 1), ((2, 1, 5, 6), (2, 1, 3), 1, 1), ((1, 2, 9, 8), (3, 2, 4), 3, 1)]
RESTS = [((2, 2, 8, 8), (2, 3, 3), 2, 1), ((1, 2, 6, 6), (2, 2, 2), 3, 2)]  # the last pixels are in no window
GRADIENTS = {"name": "dx dw db", "axes": "N C H W; F C HH WW; F"}
SHARES = (0.5, 0.25, 0.25)  # of dx, dw and db
PASSED_OVER = (1.0, "not tried, since your own forward pass gives no output of the shape that is due")
# Not to be used by what is tested. Keras may stand at the top of vision.py, for V7.
LIBRARIES = ["tensorflow.*", "keras.*", "*.convolve", "*.correlate"]



def draw(rng, images, filters, stride, pad):
    """Draw x, w, b and dout."""
    (N, C, H, W), (F, HH, WW) = images, filters
    out = (N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride)
    return rng.normal(size=images), rng.normal(size=(F, C, HH, WW)), rng.normal(size=F), rng.normal(size=out)


def own_gradients(submission, x, w, b, dout, conv_param):
    """Return what the submission's backward pass makes of the cache of its own forward pass."""
    _, cache = unpack(submission.conv_forward_naive.keep(x, w, b, conv_param), "out cache", of="conv_forward_naive")
    return submission.conv_backward_naive(dout, cache)


def reference_gradients(reference, x, w, b, dout, conv_param):
    """Return the gradients that are due."""
    return reference.conv_backward_naive(dout, reference.conv_forward_naive(x, w, b, conv_param)[1])


def in_words(found):
    """Return what is right and what is not, by the names of the parts; those of which the same is true stand together."""
    together = {}
    for name, words in found.items():
        together.setdefault(words, []).append(name)
    return " ".join(f"{', '.join(names).capitalize()}: {words}." for words, names in together.items())


def right_parts(names, are_right):
    """Return in words which gradients are right."""
    right, wrong = ([name for name, is_it in zip(names, are_right, strict=True) if is_it is kind] for kind in (True, False))
    verbs = [f"{' and '.join(some)} {'are' if len(some) > 1 else 'is'} {kind}" for some, kind in ((right, "right"), (wrong, "wrong")) if some]
    return ", ".join(verbs)


def assert_gradients(submission, reference, rng, groups, shares=SHARES):
    """Check gradients for groups of shapes, each of a weight; give what the right ones are worth.

    A shape that the own forward pass refuses, or answers with an output of another shape, is passed over where others
    are left: that mistake is V1's.
    """
    found = {
        name: [one for case in cases if (one := share_at(submission, reference, rng, case, shares)) is not None]
        for name, (_, cases) in groups.items()
    }
    worst = {name: min(cases, default=PASSED_OVER) for name, cases in found.items()}
    earned = sum(weight * worst[name][0] for name, (weight, _) in groups.items())
    wrong = [name for name, (share, _) in worst.items() if share < 1]
    try:
        check(any(found.values()) and not wrong, "the gradients are wrong.", "gradient")
    except CheckFailed:
        if earned > 0 and any(found.values()):
            partial(earned, in_words({name: words for name, (_, words) in worst.items()}))
        images, filters, stride, pad = groups[wrong[0] if wrong else next(iter(groups))][1][0]
        x, w, b, dout = draw(rng, images, filters, stride, pad)
        conv_param = {"stride": stride, "pad": pad}
        actual = own_gradients(submission, x, w, b, dout, conv_param)  # says what is wrong, or raises
        assert_close(actual, reference_gradients(reference, x, w, b, dout, conv_param), **GRADIENTS, inputs=(x, w))
        raise


def share_at(submission, reference, rng, case, shares):
    """Return the share of the gradients that is right for a shape, and which these are.

    None where the own forward pass does not get there.
    """
    images, filters, stride, pad = case
    x, w, b, dout = draw(rng, images, filters, stride, pad)
    conv_param = {"stride": stride, "pad": pad}
    try:
        out, cache = submission.conv_forward_naive.keep(x, w, b, conv_param)
        if not is_close(out.value(), np.zeros(dout.shape), atol=1e300):  # any numbers, if only of this shape
            return None
    except Exception:  # noqa: BLE001  # whatever it raises
        return None
    try:
        actual = submission.conv_backward_naive(dout, cache)
    except Exception:  # noqa: BLE001  # whatever it raises
        return 0.0, "wrong"
    parts = actual if isinstance(actual, (tuple, list)) and len(actual) == 3 else (None, None, None)
    right = reference_gradients(reference, x, w, b, dout, conv_param)
    are_right = [is_close(part, due, inputs=(x, w)) for part, due in zip(parts, right, strict=True)]
    graded = {name: is_it for name, is_it, share in zip(("dx", "dw", "db"), are_right, shares, strict=True) if share}
    if all(graded.values()):
        return 1.0, "right"
    share = sum(share for is_it, share in zip(are_right, shares, strict=True) if is_it)
    if share < 0.5 and are_its_own(submission, rng, (x, w, b), conv_param, dout, actual):
        return 0.5, "the gradients of your own forward pass, which is not the one that is due"
    return share, right_parts(graded, graded.values())


def are_its_own(submission, rng, at, conv_param, dout, gradients):
    """Return True if gradients are those of the submission's own, wrong forward pass."""
    # Where there is one channel and a filter has one pixel, even a wrong convolution is right; made-up numbers are not.
    x, w, b = rng.normal(size=(1, 1, 3, 3)), rng.normal(size=(1, 1, 1, 1)), rng.normal(size=1)
    try:
        plain, _ = submission.conv_forward_naive(x, w, b, {"stride": 1, "pad": 0})
    except Exception:  # noqa: BLE001  # whatever it raises
        return False
    if not is_close(plain, x * w + b):
        return False

    def own_forward(x, w, b):
        out, _ = unpack(submission.conv_forward_naive(x, w, b, conv_param), "out cache", of="conv_forward_naive")
        return assert_array(out, dout.shape, name="out", axes="N F H' W'")

    # Linear in each argument: the difference quotient is exact for a step of any size.
    at = dict(zip(("x", "w", "b"), at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, h=0.5, directions=3, **GRADIENTS)
    except CheckFailed:
        return False
    return True


@criterion(
    "Convolution, backward: square images and filters",
    points=4,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="Every output (n, f, i, j) saw one window through filter f: so the window gets dout times w, w gets dout times "
    "the window, and windows that overlap add up. A right dx is worth half, dw and db a quarter each. Use loops and formulas: "
    "finite differences take too long here.",
)
def test_v2_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["conv_backward_naive"], names=LIBRARIES, modules=["scipy", "skimage", "cv2"])
    assert_gradients(submission, reference, rng, {"square images": (1.0, [*SQUARES, MANY_INPUTS])})


@criterion(
    "Convolution, backward: without padding",
    points=3,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="dx, worth two thirds here, is what is left of the padded gradient without the padding. With pad 0, "
    "dxp[:, :, pad:-pad, pad:-pad] is empty, since -0 is 0; counted from the front, pad:pad + H is right for any pad.",
)
def test_v2_unpadded(submission, reference, rng):
    assert_gradients(submission, reference, rng, {"pad 0": (1.0, UNPADDED)}, (2 / 3, 1 / 3, 0.0))


@criterion(
    "Convolution, backward: stride, shapes that are not square, a rest at the border",
    points=4,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="The window of output (i, j) is rows i * stride to i * stride + HH and columns j * stride to j * stride + WW of the "
    "padded image, as in the forward pass. Strides are worth half; images that are not square, and pixels that no window fits "
    "(whose gradient is 0), a quarter each.",
)
def test_v2_strides(submission, reference, rng):
    groups = {"strides": (0.5, STRIDES), "images that are not square": (0.25, NOT_SQUARE), "a rest at the border": (0.25, RESTS)}
    assert_gradients(submission, reference, rng, groups)


@criterion(
    "Convolution, backward: the adjoint of the forward pass",
    points=3,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="A convolution without bias is linear in x, so the sum of conv(x) * g is the sum of x * dx(g), for any x and g at all; "
    "and the same with w and dw: half of the points each. Two lines to test yourself with.",
)
def test_v2_adjoint(submission, reference, rng):
    wrong = set()
    for images, filters, stride, pad in SQUARES:
        x, w, b, dout = draw(rng, images, filters, stride, pad)
        conv_param = {"stride": stride, "pad": pad}
        answer = submission.conv_forward_naive(x, w, 0 * b, conv_param)
        out = assert_array(unpack(answer, "out cache", of="conv_forward_naive")[0], dout.shape, name="out", axes="N F H' W'")
        due = reference.conv_forward_naive(x, w, 0 * b, conv_param)[0]
        products = [float(np.sum(one * dout)) for one in (out, due) if np.any(one != 0)]

        # Gradients at another place: those of a linear function are the same everywhere, those of a table are not.
        x2, w2, _, _ = draw(rng, images, filters, stride, pad)
        dx = unpack(own_gradients(submission, x2, w, b, dout, conv_param), "dx dw db", of="conv_backward_naive")[0]
        dw = unpack(own_gradients(submission, x, w2, b, dout, conv_param), "dx dw db", of="conv_backward_naive")[1]
        # The sum may cancel; its terms are what rounding goes by, and 1e-4 of them leaves room for float32.
        room = 1e-5 * float(np.linalg.norm(due) * np.linalg.norm(dout))
        for name, gradient, value in (("dx", dx, x), ("dw", dw, w)):
            try:
                found = np.sum(value * assert_array(gradient, value.shape, name=name))
            except CheckFailed:
                wrong.add(name)
                continue
            if not any(is_close(found, product, atol=room) for product in products):
                wrong.add(name)
    if len(wrong) == 1:
        partial(0.5, f"The sum of conv(x) * g does not go with {wrong.pop()}.")
    check(not wrong, "the sum of conv(x) * g is neither that of x * dx(g) nor that of w * dw(g).", "gradient")
