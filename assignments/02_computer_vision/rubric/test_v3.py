"""Max pooling"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
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

# (N, C, H, W), (HH, WW), stride.
APART = [((2, 3, 4, 4), (2, 2), 2), ((1, 2, 6, 9), (2, 3), 3), ((2, 1, 8, 4), (4, 2), 4), ((2, 2, 7, 5), (2, 2), 2)]
OVERLAPPING = [((2, 2, 5, 5), (3, 3), 2), ((1, 3, 4, 6), (2, 3), 1), ((2, 2, 7, 5), (3, 2), 2), ((1, 1, 6, 6), (4, 4), 1)]


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


@criterion(
    "Max pooling: forward pass",
    points=4,
    tests=["max_pool_forward_naive"],
    hint="pool_height goes with H, pool_width with W. Output (i, j) is the largest of its own window, which may lie below zero: "
    "a maximum that starts at 0 is wrong for negative pixels.",
)
def test_v3_values(submission, reference, rng):
    assert_avoids(submission, functions=["max_pool_forward_naive"], names=["*.max_pool", "*.max_pool2d"], modules=["scipy", "skimage"])
    for images, window, stride in [*APART, *OVERLAPPING]:
        x, _ = draw(rng, images, window, stride)
        for pixels in (x, x - 3.0):  # the second is negative everywhere
            expected, _ = reference.max_pool_forward_naive(pixels, param(window, stride))
            out = pool(submission, pixels, param(window, stride))
            assert_close(out, expected, name="out", axes="N C H' W'", inputs=(x,))


def assert_gradients(submission, reference, rng, cases):
    for number, (images, window, stride) in enumerate(cases):
        x, dout = draw(rng, images, window, stride)
        pool_param = param(window, stride)
        actual = own_gradient(submission, x, dout, pool_param)
        right = reference.max_pool_backward_naive(dout, reference.max_pool_forward_naive(x, pool_param)[1])
        if number == 0 and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng, x, pool_param, dout, actual)
        assert_close(actual, right, name="dx", axes="N C H W", inputs=(x,))


def half_for_own_gradient(submission, rng, x, pool_param, dout, gradient):
    """Give half of the points for a gradient that is that of the submission's own, wrong forward pass."""

    def own_forward(x):
        out = pool(submission, x, pool_param)
        check(isinstance(out, np.ndarray) and out.shape == dout.shape, "out has another shape.", kind="shape")
        return out

    try:
        assert_consistent(own_forward, x, gradient, upstream=dout, rng=rng, directions=3, name="dx", axes="N C H W")
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own forward pass, but that is not max pooling.")


@criterion(
    "Max pooling, backward: windows apart",
    points=3,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="The gradient goes to the pixel that was the largest of its window, in its own image and its own channel; all other "
    "pixels get 0. Windows need not be square, nor reach the border.",
)
def test_v3_gradient(submission, reference, rng):
    assert_gradients(submission, reference, rng, APART)


@criterion(
    "Max pooling, backward: windows that overlap",
    points=3,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="A pixel may be the largest of several windows; then their gradients add up: +=, never = into dx.",
)
def test_v3_overlap(submission, reference, rng):
    assert_gradients(submission, reference, rng, OVERLAPPING)


@criterion(
    "Max pooling: what must hold for any image",
    points=2,
    tests=["max_pool_forward_naive", "max_pool_backward_naive"],
    hint="What is not the largest of its window may sink without anybody noticing; no gradient is lost, so dx and dout have the "
    "same sum; and neither x nor dout is changed.",
)
def test_v3_properties(submission, rng):
    for images, window, stride in [((2, 2, 6, 6), (2, 2), 2), ((1, 3, 5, 7), (3, 3), 2), ((2, 2, 4, 6), (2, 3), 1)]:
        x, dout = draw(rng, images, window, stride)
        pool_param = param(window, stride)
        answer = assert_unchanged(submission.max_pool_forward_naive, x, pool_param, names="x pool_param", returns=True)
        out, _ = unpack(answer, "out cache", of="max_pool_forward_naive")
        check(isinstance(out, np.ndarray) and out.shape == dout.shape, f"out: expected the shape {dout.shape}.", kind="shape")
        kept = np.isin(np.float32(x), np.float32(out))
        check(bool(kept.any()), "out: none of its values is a pixel of x.")
        sunk = np.where(kept, x, x - rng.uniform(0, 5, size=images))
        assert_close(pool(submission, sunk, pool_param), out, name="out after the other pixels have sunk", inputs=(x,))

        lent = submission.lend(dout)
        _, cache = unpack(submission.max_pool_forward_naive.keep(x, pool_param), "out cache", of="max_pool_forward_naive")
        dx = submission.max_pool_backward_naive(lent, cache)
        check(isinstance(dx, np.ndarray) and dx.shape == x.shape, f"dx: expected the shape {x.shape}.", kind="shape")
        room = 1e-5 * float(np.sum(np.abs(dout)))
        assert_close(np.sum(dx, axis=(2, 3)), np.sum(dout, axis=(2, 3)), name="sum of dx in each channel", atol=room, check_dtype=False)
        assert_close(lent.value(), dout, name="dout after the backward pass")
