"""Contrastive learning"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "nt_xent: two examples to do by hand",
    points=2,
    tests=["nt_xent"],
    hint="Every anchor has one partner with the same direction, a similarity of 1 / tau, and two others at a right angle, 0: "
    "-log(e^(1/tau) / (e^(1/tau) + 2)). Itself it does not see.",
)
def test_g6_example(submission):
    z1, z2 = np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [0.0, 2.0]])
    for tau in (0.5, 1.0):
        loss, dz1, dz2 = unpack(submission.nt_xent(z1, z2, tau), "loss dz1 dz2", of="nt_xent")
        assert_close(loss, np.log(np.exp(1 / tau) + 2) - 1 / tau, name=f"loss with tau = {tau}")
    # With tau = 1 each push away from the two at right angles has the weight 1 / (e + 2), from both sides; a mean over four.
    push = 2 * 2 / (np.e + 2) / 4
    assert_close(dz1, np.array([[0.0, push / 3], [push, 0.0]]), name="dz1", axes="N d")
    assert_close(dz2, np.array([[0.0, push / 0.5], [push / 2, 0.0]]), name="dz2", axes="N d")
