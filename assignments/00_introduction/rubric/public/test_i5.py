"""Gradient checkpointing."""

import math

import pytest

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "checkpointed_vjp: an example",
    points=2,
    tests=["checkpointed_vjp"],
    hint="A third for each spacing. Write down x_0 to x_3 for this chain and mark which of them you keep: the others "
    "are computed again, from the checkpoint before them. With every=2 the last segment is shorter.",
)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_i5_example(submission, rng, every):
    x, g = float(rng.uniform(0.5, 1.5)), 2.0
    fs = [lambda v: v * v, math.sin, lambda v: 3.0 * v]
    vjps = [lambda v, g: 2.0 * v * g, lambda v, g: math.cos(v) * g, lambda v, g: 3.0 * g]
    expected = (3.0 * math.sin(x * x), g * 3.0 * math.cos(x * x) * 2.0 * x)
    answer = submission.checkpointed_vjp(fs, vjps, x, g, every)
    y, gx, _ = unpack(answer, "y gx cost", of="checkpointed_vjp")
    assert_close((y, gx), expected, name=(f"y for every={every}", f"gx for every={every}"))
