"""Affine layer"""

import math

import numpy as np

from autograder.rubric import assert_close, assert_consistent, assert_finite, assert_unchanged, check, criterion, unpack

# N, shape of one example, M. What goes wrong at one shape goes right at another: a batch of one, a single feature or
# output, images, and as many examples as features are all here. The first comes back with other values.
SHAPES = [
    (3, (4,), 2),
    (1, (5,), 3),
    (4, (2, 3), 5),
    (3, (2, 1, 3), 2),
    (1, (2, 2, 2), 1),
    (5, (1,), 3),
    (4, (4,), 4),
    (3, (4,), 2),
]


def draw(rng, examples, shape, outputs):
    """Draw x, w and b."""
    size = math.prod(shape)
    return rng.normal(size=(examples, *shape)), rng.normal(size=(size, outputs)), rng.normal(size=outputs)


def draw_shape(rng):
    """Draw N, the shape of one example with one to three axes, and M."""
    axes = rng.integers(1, 4)
    return int(rng.integers(2, 7)), tuple(map(int, rng.integers(1, 5, size=axes))), int(rng.integers(2, 6))


@criterion(
    "Affine layer: forward pass",
    points=3,
    tests=["affine_forward"],
    hint="Try a batch of images, x of shape (N, 2, 3): each image is one row of D = 6 numbers, and b is added to every row.",
)
def test_b1_forward_values(submission, reference, rng):
    for shape in [*SHAPES, draw_shape(rng), draw_shape(rng)]:
        x, w, b = draw(rng, *shape)
        out, _ = unpack(submission.affine_forward(x, w, b), "out cache", of="affine_forward")
        assert_close(out, reference.affine_forward(x, w, b)[0], name="out", axes="N M", inputs=(x, w, b))


@criterion(
    "Affine layer: backward pass",
    points=4,
    tests=["affine_backward"],
    hint="dx has the shape of x (not of its rows), db the shape (M,); b was added to every example, so db is a sum over the "
    "examples. Use formulas: a gradient by finite differences takes too long here.",
)
def test_b1_backward_values(submission, reference, rng):
    # The last one has 100,000 inputs: formulas take a millisecond, finite differences minutes.
    for shape in [*SHAPES, draw_shape(rng), draw_shape(rng), (50, (20, 100), 4)]:
        cache = draw(rng, *shape)
        dout = rng.normal(size=(shape[0], shape[2]))
        expected = reference.affine_backward(dout, cache)
        axes = f"N {' '.join(f'd{i}' for i in range(len(shape[1])))}; D M; M"
        assert_close(submission.affine_backward(dout, cache), expected, name="dx dw db", axes=axes, inputs=cache)


@criterion(
    "Affine layer: the backward pass belongs to the forward pass",
    points=2,
    tests=["affine_forward", "affine_backward"],
    hint="Check your own pair of functions with a numerical gradient: (f(x + h) - f(x - h)) / 2h for each of x, w and b, "
    "with the cache that your forward pass returned.",
)
def test_b1_gradient(submission, rng):
    x, w, b = draw(rng, 3, (2, 4), 5)
    dout = rng.normal(size=(3, 5))
    _, cache = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")
    gradients = submission.affine_backward(dout, cache)

    def forward(x, w, b):
        return unpack(submission.affine_forward(x, w, b), "out cache", of="affine_forward")[0]

    # The layer is linear in each argument, so that the difference quotient is exact for a step of any size; a large one
    # lets float32 pass.
    at = {"x": x, "w": w, "b": b}
    assert_consistent(forward, at, gradients, upstream=dout, rng=rng, h=0.5, name="dx dw db", axes="N d1 d2; D M; M")


@criterion(
    "Affine layer: nothing that was passed in is changed",
    points=1,
    tests=["affine_forward", "affine_backward"],
    testimony=True,
    hint="x.shape = ... and w += ... change the caller's arrays; x.reshape(...) and w = w + ... make new ones.",
)
def test_b1_safe(submission, rng):
    x, w, b = draw(rng, 3, (2, 4), 5)
    dout = np.ones((3, 5))
    out = assert_unchanged(submission.affine_forward, x, w, b, names="x w b", returns=True)
    out, _ = unpack(out, "out cache", of="affine_forward")
    assert_finite(out, name="out")
    check(bool(np.any(out != 0)), "out: every value is zero.")
    gradients = assert_unchanged(submission.affine_backward, dout, (x, w, b), names="dout cache", returns=True)
    assert_finite(gradients, name="dx, dw, db")
    check(all(np.any(gradient != 0) for gradient in gradients), "dx, dw, db: one of them is zero everywhere.")
