"""Max pooling"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    assert_unchanged,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# (N, C, H, W), (HH, WW), stride. Windows fit without a rest, but for those of the last list.
APART = [((2, 3, 4, 4), (2, 2), 2), ((1, 2, 9, 9), (3, 3), 3), ((2, 2, 6, 6), (2, 2), 2)]
OVERLAPPING = [((2, 2, 5, 5), (3, 3), 2), ((1, 3, 5, 5), (2, 2), 1), ((1, 1, 6, 6), (4, 4), 1)]
NOT_SQUARE = [((1, 2, 2, 9), (2, 3), 3), ((2, 1, 8, 2), (4, 2), 4), ((2, 2, 4, 8), (2, 2), 2)]
NOT_SQUARE_OVERLAPPING = [((1, 3, 4, 6), (2, 3), 1), ((2, 2, 7, 6), (3, 2), 2)]
RESTS = [((2, 2, 7, 7), (2, 2), 2), ((1, 2, 8, 8), (3, 3), 3)]
# Not to be used by what is tested. Keras may stand at the top of vision.py, for V7.
LIBRARIES = ["tensorflow.*", "keras.*"]



def draw(rng, images, window, stride):
    """Draw x without ties, and dout."""
    N, C, H, W = images
    out = (N, C, 1 + (H - window[0]) // stride, 1 + (W - window[1]) // stride)
    # A shuffled ladder: two pixels differ by 0.01 at least, also in float32 and after the step of a difference.
    size = N * C * H * W
    ladder = 4 * (rng.permutation(size) + rng.uniform(0.2, 0.8, size=size)) / size - 2
    return ladder.reshape(images), rng.normal(size=out)


def param(window, stride):
    """Make a pool_param."""
    return {"pool_height": window[0], "pool_width": window[1], "stride": stride}


def pool(submission, x, pool_param):
    """Return the output of the submission's forward pass."""
    return unpack(submission.max_pool_forward_naive(x, pool_param), "out cache", of="max_pool_forward_naive")[0]


def own_gradient(submission, x, dout, pool_param):
    """Return what the submission's backward pass makes of the cache of its own forward pass."""
    _, cache = unpack(submission.max_pool_forward_naive.keep(x, pool_param), "out cache", of="max_pool_forward_naive")
    return submission.max_pool_backward_naive(dout, cache)


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


def assert_values(submission, reference, rng, cases):
    for images, window, stride in cases:
        x, _ = draw(rng, images, window, stride)
        for pixels in (x, x - 3.0):  # the second is negative everywhere
            expected, _ = reference.max_pool_forward_naive(pixels, param(window, stride))
            out = pool(submission, pixels, param(window, stride))
            assert_close(out, expected, name="out", axes="N C H' W'", inputs=(x,))


def assert_positive(submission, reference, rng, cases):
    """Check values for positive pixels, for which a maximum that starts at 0 is no mistake."""
    for images, window, stride in cases:
        x = draw(rng, images, window, stride)[0] + 3.0
        expected, _ = reference.max_pool_forward_naive(x, param(window, stride))
        assert_close(pool(submission, x, param(window, stride)), expected, name="out", axes="N C H' W'", inputs=(x,))


@criterion(
    "Max pooling, forward: square images and windows",
    points=3,
    tests=["max_pool_forward_naive"],
    hint="Output (i, j) is the largest of its own window, which begins at pixel (i * stride, j * stride) and may lie below zero: "
    "a maximum that starts at 0 is wrong for negative pixels. Windows that overlap (stride < pool_height) are worth a third. A "
    "library's pooling is not accepted.",
)
def test_v3_values(submission, reference, rng):
    assert_avoids(submission, functions=["max_pool_forward_naive"], names=LIBRARIES, modules=["scipy", "skimage", "cv2"])
    judge(
        {
            "windows apart": (2 / 3, lambda: assert_values(submission, reference, rng, APART)),
            "windows that overlap": (1 / 3, lambda: assert_values(submission, reference, rng, OVERLAPPING)),
        }
    )


@criterion(
    "Max pooling, forward: images and windows that are not square",
    points=1,
    tests=["max_pool_forward_naive"],
    hint="pool_height goes with H, pool_width with W: H' = 1 + (H - pool_height) // stride, and W' likewise.",
)
def test_v3_shapes(submission, reference, rng):
    assert_positive(submission, reference, rng, NOT_SQUARE)


@criterion(
    "Max pooling, forward: a rest of pixels at the border that no window fits into",
    points=1,
    tests=["max_pool_forward_naive"],
    hint="Sizes are rounded down: H' = 1 + (H - pool_height) // stride, and the pixels that are left over are in no window. No image is "
    "refused for having some.",
)
def test_v3_rest(submission, reference, rng):
    assert_positive(submission, reference, rng, RESTS)


def in_words(found):
    """Return what is right and what is not, by the names of the parts; those of which the same is true stand together."""
    together = {}
    for name, words in found.items():
        together.setdefault(words, []).append(name)
    return " ".join(f"{', '.join(names).capitalize()}: {words}." for words, names in together.items())


#: What a gradient is worth, and what is to be said of it.
RIGHT, OWN, WRONG = (1.0, "right"), (0.5, "the gradient of your own forward pass, which is not the one that is due"), (0.0, "wrong")
PASSED_OVER = (1.0, "not tried, since your own forward pass gives no output of the shape that is due")


def assert_gradients(submission, reference, rng, groups):
    """Check gradients for groups of shapes, each of a weight; give what the right ones are worth.

    A shape that the own forward pass refuses, or answers with an output of another shape, is passed over where others
    are left: that mistake is another criterion's.
    """
    found = {
        name: [one for case in cases if (one := share_at(submission, reference, rng, *case)) is not None]
        for name, (_, cases) in groups.items()
    }
    worst = {name: min(cases, default=PASSED_OVER) for name, cases in found.items()}
    earned = sum(weight * worst[name][0] for name, (weight, _) in groups.items())
    wrong = [name for name, (share, _) in worst.items() if share < 1]
    try:
        check(any(found.values()) and not wrong, "dx is wrong.", "gradient")
    except CheckFailed:
        if earned > 0 and any(found.values()):
            partial(earned, in_words({name: words for name, (_, words) in worst.items()}))
        images, window, stride = groups[wrong[0] if wrong else next(iter(groups))][1][0]
        x, dout = draw(rng, images, window, stride)
        right = reference.max_pool_backward_naive(dout, reference.max_pool_forward_naive(x, param(window, stride))[1])
        actual = own_gradient(submission, x, dout, param(window, stride))  # says what is wrong, or raises
        assert_close(actual, right, name="dx", axes="N C H W", inputs=(x,))
        raise


def share_at(submission, reference, rng, images, window, stride):
    """Return what a gradient is worth: all, half if it is that of the own forward pass; None where that does not get there."""
    x, dout = draw(rng, images, window, stride)
    pool_param = param(window, stride)
    try:
        out, cache = submission.max_pool_forward_naive.keep(x, pool_param)
        if not is_close(out.value(), np.zeros(dout.shape), atol=1e300):  # any numbers, if only of this shape
            return None
    except Exception:  # noqa: BLE001  # whatever it raises
        return None
    try:
        dx = submission.max_pool_backward_naive(dout, cache)
    except Exception:  # noqa: BLE001  # whatever it raises
        return WRONG
    right = reference.max_pool_backward_naive(dout, reference.max_pool_forward_naive(x, pool_param)[1])
    if is_close(dx, right, inputs=(x,)):
        return RIGHT
    return OWN if is_its_own(submission, rng, x, pool_param, dout, dx) else WRONG


def is_its_own(submission, rng, x, pool_param, dout, dx):
    """Return True if a gradient is that of the submission's own, wrong forward pass, which looks at whole windows."""

    def own_forward(x):
        return assert_array(pool(submission, x, pool_param), dout.shape, name="out", axes="N C H' W'")

    window, whole = np.array([[[[0.1, 0.4], [0.3, 0.2]]]]), param((2, 2), 2)
    try:
        plain = pool(submission, window, whole)
        for pixel in np.ndindex(window.shape):  # one of them that cannot move the output was never looked at
            moved = [window.copy(), window.copy()]
            moved[0][pixel], moved[1][pixel] = -9.0, 9.0
            if all(is_close(pool(submission, one, whole), plain) for one in moved):
                return False
        assert_consistent(own_forward, x, dx, upstream=dout, rng=rng, directions=3, name="dx", axes="N C H W")
    except Exception:  # noqa: BLE001  # whatever it raises, and a check that failed
        return False
    return True


@criterion(
    "Max pooling, backward: windows apart",
    points=3,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="The gradient goes to the pixel that was the largest of its window, in its own image and its own channel; all other "
    "pixels get 0. Square images are worth two thirds, those that are not square and those with a rest at the border a sixth each.",
)
def test_v3_gradient(submission, reference, rng):
    groups = {
        "square images": (2 / 3, APART),
        "images or windows that are not square": (1 / 6, NOT_SQUARE),
        "a rest at the border": (1 / 6, RESTS),
    }
    assert_gradients(submission, reference, rng, groups)


@criterion(
    "Max pooling, backward: windows that overlap",
    points=2,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="A pixel may be the largest of several windows; then their gradients add up: +=, never = into dx.",
)
def test_v3_overlap(submission, reference, rng):
    groups = {"square images": (0.75, OVERLAPPING), "images or windows that are not square": (0.25, NOT_SQUARE_OVERLAPPING)}
    assert_gradients(submission, reference, rng, groups)


@criterion(
    "Max pooling, forward: what must hold for any image",
    points=1,
    tests=["max_pool_forward_naive"],
    hint="What is not the largest of its window may sink without anybody noticing, and neither x nor pool_param is changed.",
)
def test_v3_properties(submission, rng):
    for images, window, stride in APART:
        x, dout = draw(rng, images, window, stride)
        pool_param = param(window, stride)
        answer = assert_unchanged(submission.max_pool_forward_naive, x, pool_param, names="x pool_param", returns=True)
        out, _ = unpack(answer, "out cache", of="max_pool_forward_naive")
        out = assert_array(out, dout.shape, name="out", axes="N C H' W'")
        kept = np.isin(np.float32(x), np.float32(out))
        check(bool(kept.any()), "out: none of its values is a pixel of x.")
        sunk = np.where(kept, x, x - rng.uniform(0, 5, size=images))
        assert_close(pool(submission, sunk, pool_param), out, name="out after the other pixels have sunk", inputs=(x,))


@criterion(
    "Max pooling, backward: what must hold for any image",
    points=1,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="No gradient is lost where windows lie apart, so dx and dout have the same sum in each channel; and dout is not changed.",
)
def test_v3_conservation(submission, rng):
    for images, window, stride in APART:
        x, dout = draw(rng, images, window, stride)
        lent = submission.lend(dout)
        dx = assert_array(own_gradient(submission, x, lent, param(window, stride)), images, name="dx", axes="N C H W")
        room = 1e-5 * float(np.sum(np.abs(dout)))
        assert_close(np.sum(dx, axis=(2, 3)), np.sum(dout, axis=(2, 3)), name="sum of dx in each channel", atol=room)
        assert_close(lent.value(), dout, name="dout after the backward pass")
