"""Contrastive learning"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion, is_close, partial, unpack


@pytest.mark.parametrize("part", ["loss", "dz1", "dz2"])
@criterion(
    "nt_xent: two examples to do by hand",
    points=2,
    tests=["nt_xent"],
    hint="Loss, dz1 and dz2 count a third each, half of it where it is the sum over the four anchors. Every anchor has one partner with the same direction, a similarity of 1 / tau, and two others at a right angle, 0: "
    "-log(e^(1/tau) / (e^(1/tau) + 2)). Itself it does not see.",
)
def test_g6_example(submission, part):
    z1, z2 = np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [0.0, 2.0]])
    # With tau = 1 each push away from the two at right angles has the weight 1 / (e + 2), from both sides; a mean over four.
    push = 2 * 2 / (np.e + 2) / 4
    slopes = {"dz1": np.array([[0.0, push / 3], [push, 0.0]]), "dz2": np.array([[0.0, push / 0.5], [push / 2, 0.0]])}
    for tau in (0.5, 1.0) if part == "loss" else (1.0,):
        answer = unpack(submission.nt_xent(z1, z2, tau), "loss dz1 dz2", of="nt_xent")
        actual = answer[("loss", "dz1", "dz2").index(part)]
        due = np.log(np.exp(1 / tau) + 2) - 1 / tau if part == "loss" else slopes[part]
        if not is_close(actual, due) and is_close(actual, 4 * due):
            partial(0.5, f"{part} with tau = {tau} is the sum over the four anchors, not their mean.")
        assert_close(actual, due, name=f"{part} with tau = {tau}")
