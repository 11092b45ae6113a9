"""Convolution, backward"""

import numpy as np

from autograder.rubric import CheckFailed, assert_avoids, assert_close, assert_consistent, check, criterion, is_close, partial, unpack

# (N, C, H, W), (F, HH, WW), stride, pad. Shapes at which H and W, rows and columns, cannot be told from each other.
SQUARES = [((4, 3, 5, 5), (2, 3, 3), 1, 1), ((2, 2, 6, 6), (3, 2, 2), 2, 1)]
UNPADDED = [((2, 3, 5, 5), (2, 3, 3), 1, 0), ((1, 2, 4, 4), (3, 1, 1), 1, 0), ((2, 1, 6, 6), (1, 2, 2), 2, 0)]
OTHERS = [
    ((2, 2, 7, 5), (3, 3, 2), 2, 1),
    ((1, 3, 4, 8), (2, 2, 3), 2, 2),
    ((2, 1, 5, 6), (2, 1, 3), 1, 1),
    ((2, 2, 8, 6), (2, 3, 3), 2, 1),  # the last padded row and column belong to no window
    ((1, 2, 9, 5), (3, 2, 4), 3, 2),
    ((1, 2, 4, 5), (2, 3, 2), 1, 2),  # more padding than stride, all of which windows see
]
GRADIENTS = {"name": "dx dw db", "axes": "N C H W; F C HH WW; F"}


def draw(rng, images, filters, stride, pad):
    """Draw x, w, b and dout."""
    (N, C, H, W), (F, HH, WW) = images, filters
    out = (N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride)
    return rng.normal(size=images), rng.normal(size=(F, C, HH, WW)), rng.normal(size=F), rng.normal(size=out)


def own_gradients(submission, x, w, b, dout, conv_param):
    """Return what the submission's backward pass makes of the cache of its own forward pass."""
    _, cache = unpack(submission.conv_forward_naive.keep(x, w, b, conv_param), "out cache", of="conv_forward_naive")
    return submission.conv_backward_naive(dout, cache)


def assert_gradients(submission, reference, rng, cases):
    for number, (images, filters, stride, pad) in enumerate(cases):
        x, w, b, dout = draw(rng, images, filters, stride, pad)
        conv_param = {"stride": stride, "pad": pad}
        actual = own_gradients(submission, x, w, b, dout, conv_param)
        right = reference.conv_backward_naive(dout, reference.conv_forward_naive(x, w, b, conv_param)[1])
        if number == 0 and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng, (x, w, b), conv_param, dout, actual)
        assert_close(actual, right, **GRADIENTS, inputs=(x, w))


def half_for_own_gradient(submission, rng, at, conv_param, dout, gradients):
    """Give half of the points for gradients that are those of the submission's own, wrong forward pass."""

    def own_forward(x, w, b):
        out, _ = unpack(submission.conv_forward_naive(x, w, b, conv_param), "out cache", of="conv_forward_naive")
        check(isinstance(out, np.ndarray) and out.shape == dout.shape, "out has another shape.", kind="shape")
        return out

    # Linear in each argument: the difference quotient is exact for a step of any size.
    at = dict(zip(("x", "w", "b"), at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, h=0.5, directions=3, **GRADIENTS)
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own forward pass, but that is not this convolution.")


@criterion(
    "Convolution, backward: square images and filters",
    points=4,
    tests=["conv_forward_naive", "conv_backward_naive"],
    timeout_s=3.0,  # of which seven nested loops in Python need a fifth
    hint="Every output (n, f, i, j) saw one window through filter f: so the window gets dout times w, w gets dout times "
    "the window, and windows that overlap add up. Use loops and formulas: finite differences take too long here.",
)
def test_v2_gradients(submission, reference, rng):
    names = ["*.conv", "*.conv2d", "*.conv2d_transpose", "*.GradientTape"]
    assert_avoids(submission, functions=["conv_backward_naive"], names=names, modules=["scipy"])
    # The last one has 1,536 inputs: loops over its pixels take a tenth of a second, finite differences minutes.
    assert_gradients(submission, reference, rng, [*SQUARES, ((2, 3, 16, 16), (4, 3, 3), 1, 1)])


@criterion(
    "Convolution, backward: without padding",
    points=3,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="dx is what is left of the padded gradient without the padding. With pad 0, dxp[:, :, pad:-pad, pad:-pad] is "
    "empty, since -0 is 0: count from the front, pad:pad + H.",
)
def test_v2_unpadded(submission, reference, rng):
    assert_gradients(submission, reference, rng, UNPADDED)


@criterion(
    "Convolution, backward: stride, and shapes that are not square",
    points=4,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="The window of output (i, j) is rows i * stride to i * stride + HH and columns j * stride to j * stride + WW of the "
    "padded image, as in the forward pass.",
)
def test_v2_strides(submission, reference, rng):
    assert_gradients(submission, reference, rng, OTHERS)


@criterion(
    "Convolution, backward: the adjoint of the forward pass",
    points=3,
    tests=["conv_forward_naive", "conv_backward_naive"],
    hint="A convolution without bias is linear in x, so the sum of conv(x) * g is the sum of x * dx(g), for any x and g at all; "
    "and the same with w and dw. Two lines to test yourself with.",
)
def test_v2_adjoint(submission, rng):
    for images, filters, stride, pad in [*SQUARES, *OTHERS[:3]]:
        x, w, b, dout = draw(rng, images, filters, stride, pad)
        conv_param = {"stride": stride, "pad": pad}
        answer = submission.conv_forward_naive(x, w, 0 * b, conv_param)
        out, _ = unpack(answer, "out cache", of="conv_forward_naive")
        check(isinstance(out, np.ndarray) and out.shape == dout.shape, f"out: expected the shape {dout.shape}.", kind="shape")
        product = np.sum(out * dout)
        check(product != 0, "out: every value is zero.")

        # Gradients at another place: those of a linear function are the same everywhere, those of a table are not.
        x2, w2, _, _ = draw(rng, images, filters, stride, pad)
        dx = unpack(own_gradients(submission, x2, w, b, dout, conv_param), "dx dw db", of="conv_backward_naive")[0]
        dw = unpack(own_gradients(submission, x, w2, b, dout, conv_param), "dx dw db", of="conv_backward_naive")[1]
        check(isinstance(dx, np.ndarray) and dx.shape == x.shape, f"dx: expected the shape {x.shape}.", kind="shape")
        check(isinstance(dw, np.ndarray) and dw.shape == w.shape, f"dw: expected the shape {w.shape}.", kind="shape")
        # The sum may cancel; its terms are what rounding goes by, and 1e-4 of them leaves room for float32.
        room = 1e-5 * float(np.linalg.norm(out) * np.linalg.norm(dout))
        assert_close(np.sum(x * dx), product, name="the sum of x * dx(g), against that of conv(x) * g", atol=room, check_dtype=False)
        assert_close(np.sum(w * dw), product, name="the sum of w * dw(g), against that of conv(x) * g", atol=room, check_dtype=False)
