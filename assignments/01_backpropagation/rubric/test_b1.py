"""Affine layer"""

import math

import numpy as np
import pytest

from autograder.rubric import (
    assert_close,
    assert_consistent,
    assert_finite,
    assert_form,
    assert_unchanged,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)


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
ROWS = (4, (3,), 5)  # a batch without images, for criteria that are not about shapes
GRADIENTS = ["dx", "dw", "db"]


def draw(rng, examples, shape, outputs):
    """Draw x, w and b."""
    size = math.prod(shape)
    return rng.normal(size=(examples, *shape)), rng.normal(size=(size, outputs)), rng.normal(size=outputs)


def draw_shape(rng):
    """Draw N, the shape of one example with one to three axes, and M."""
    axes = rng.integers(1, 4)
    return int(rng.integers(2, 7)), tuple(map(int, rng.integers(1, 5, size=axes))), int(rng.integers(2, 6))


def backward(submission, dout, cache):
    """Return the three gradients of the submission."""
    return unpack(submission.affine_backward(dout, cache), "dx dw db", of="affine_backward")


def own_cache(submission, x, w, b):
    """Return the cache of the submission's forward pass, or the documented one if there is none."""
    documented = (x, w, b)
    if "affine_forward" not in submission:
        return documented
    try:
        answer = submission.affine_forward.keep(*documented)
    except Exception:  # that it raises is paid for by the criteria of the forward pass
        return documented
    return answer[1] if answer.type_name in ("tuple", "list") and len(answer) == 2 else documented


def assert_own_gradient(submission, rng, part):
    """Check one gradient against differences of the submission's own forward pass."""
    at, dout = draw(rng, *ROWS), rng.normal(size=(ROWS[0], ROWS[2]))
    place = GRADIENTS.index(part)
    gradients = backward(submission, dout, own_cache(submission, *at))

    def forward(value):
        answer = submission.affine_forward(*(value if i == place else one for i, one in enumerate(at)))
        return unpack(answer, "out cache", of="affine_forward")[0]

    # The layer is linear in each argument, so that the difference quotient is exact for a step of any size; a large one
    # lets float32 pass.
    assert_consistent(forward, at[place], gradients[place], upstream=dout, rng=rng, h=0.5, name=part)

    others = backward(submission, dout, own_cache(submission, *draw(rng, *ROWS)))
    is_layer = not any(is_close(gradients[i], others[i]) for i in (0, 1))
    check(is_layer, "dx, dw: they are the same for other x and w.", kind="gradient")


@criterion(
    "Affine layer: forward pass",
    points=3,
    tests=["affine_forward"],
    hint="Try a batch of images, x of shape (N, 2, 3): each image is one row of D = 6 numbers, "
    "and b is added to every row.",
)
def test_b1_forward_values(submission, reference, rng):
    for shape in [*SHAPES, draw_shape(rng), draw_shape(rng)]:
        x, w, b = draw(rng, *shape)
        out, _ = unpack(submission.affine_forward(x, w, b), "out cache", of="affine_forward")
        assert_close(out, reference.affine_forward(x, w, b)[0], name="out", axes="N M", inputs=(x, w, b))


@pytest.mark.parametrize("part", GRADIENTS)
@criterion(
    "Affine layer: backward pass",
    points=4,
    tests=["affine_backward"],
    hint="dx, dw and db count a third each. dx has the shape of x (not of its rows), db the "
    "shape (M,), and db is a sum over the examples, for b was added to every one. A "
    "gradient by finite differences takes too long for the largest x.",
)
def test_b1_backward_values(submission, reference, rng, part):
    place = GRADIENTS.index(part)
    # The last one has 100,000 inputs: formulas take a millisecond, finite differences minutes.
    for shape in [*SHAPES, draw_shape(rng), draw_shape(rng), (50, (20, 100), 64)]:
        cache = draw(rng, *shape)
        dout = rng.normal(size=(shape[0], shape[2]))
        right = reference.affine_backward(dout, cache)[place]
        actual = backward(submission, dout, cache)[place]
        if shape == SHAPES[0] and not is_close(actual, right, inputs=cache):
            half_for_own_gradient(submission, rng, part)
        axes = (f"N {' '.join(f'd{i}' for i in range(len(shape[1])))}", "D M", "M")[place]
        assert_close(actual, right, name=part, axes=axes, inputs=cache)


def half_for_own_gradient(submission, rng, part):
    """Give half of the points for the gradient of the submission's own, wrong forward pass."""
    if "affine_forward" not in submission:
        return
    try:
        assert_own_gradient(submission, rng, part)
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"{part} is the gradient of your own forward pass, but that is not an affine layer with the cache (x, w, b).")


@pytest.mark.parametrize("part", GRADIENTS)
@criterion(
    "Affine layer: the backward pass belongs to the forward pass",
    points=2,
    tests=["affine_backward"],
    hint="The backward pass gets the cache that your forward pass returned. Check the two with a "
    "numerical gradient for each of x, w and b: (f(x + h) - f(x - h)) / 2h. dx, dw and db "
    "count a third each.",
)
def test_b1_gradient(submission, reference, rng, part):
    x, w, b = draw(rng, *ROWS)
    dout = rng.normal(size=(ROWS[0], ROWS[2]))
    place = GRADIENTS.index(part)
    actual = backward(submission, dout, own_cache(submission, x, w, b))[place]
    right = reference.affine_backward(dout, (x, w, b))[place]
    if is_close(actual, right, inputs=(x,)):
        assert_close(actual, right, name=part, axes=("N D", "D M", "M")[place], inputs=(x,))
    else:
        assert_own_gradient(submission, rng, part)


@pytest.mark.parametrize("function", ["affine_forward", "affine_backward"])
@criterion(
    "Affine layer: inputs stay as they are, and gradients have the very shapes of x, w and b",
    points=1,
    tests=["affine_forward", "affine_backward"],
    testimony=True,
    hint="x.shape = ... and w += ... change the caller's arrays; x.reshape(...) and w = w + ... "
    "make new ones. A sum with keepdims=True has an axis too many for db.",
)
def test_b1_safe(submission, rng, function):
    x, w, b = draw(rng, 3, (2, 4), 5)
    if function == "affine_forward":
        answer = assert_unchanged(submission.affine_forward, x, w, b, names="x w b", returns=True)
        out, _ = unpack(answer, "out cache", of="affine_forward")
        assert_finite(out, name="out")
        check(bool(np.any(np.asarray(out) != 0)), "out: every value is zero.")
    else:
        dout = np.ones((3, 5))
        answer = assert_unchanged(submission.affine_backward, dout, (x, w, b), names="dout cache", returns=True)
        gradients = unpack(answer, "dx dw db", of="affine_backward")
        rows = draw(rng, *ROWS)
        flat = backward(submission, np.ones((ROWS[0], ROWS[2])), rows)
        # Of any precision; another number of values is no matter of form.
        is_form = [isinstance(part, np.ndarray) and part.size == one.size for part, one in zip(flat, rows, strict=True)]
        due = tuple(np.zeros(one.shape, flat[i].dtype) if is_form[i] else flat[i] for i, one in enumerate(rows))
        assert_form(flat, due, name="dx dw db")
        assert_finite(gradients, name="dx, dw, db")
        is_written = all(np.any(np.asarray(gradient) != 0) for gradient in gradients)
        check(is_written, "dx, dw, db: one of them is zero everywhere.")
