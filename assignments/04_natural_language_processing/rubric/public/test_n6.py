"""Frontier: attention, for translation and summaries"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "Attention: an example to do by hand",
    points=1,
    tests=["scaled_dot_product_attention"],
    hint="The scores are log 3 and 0, after they were divided by the root of 4: the weights are "
    "3/4 and 1/4. A mask that is True for the second key alone leaves its value alone.",
)
def test_n6_example_attention(submission):
    q = np.array([[[2 * np.log(3.0), 0.0, 5.0, 0.0]]])
    k = np.array([[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]])
    v = np.array([[[4.0, 0.0], [0.0, 8.0]]])
    for mask, weights, out in (
        (None, [0.75, 0.25], [3.0, 2.0]),
        ([[[False, True]]], [0.0, 1.0], [0.0, 8.0]),
    ):
        given = (q, k, v) if mask is None else (q, k, v, np.array(mask))
        answer = submission.scaled_dot_product_attention.keep(*given)
        parts = unpack(answer, "out weights cache", of="scaled_dot_product_attention")
        name = "without a mask" if mask is None else "with a mask"
        assert_close(
            parts[1].value(), np.array([[weights]]), name=f"weights {name}", axes="B Tq Tk"
        )
        assert_close(parts[0].value(), np.array([[out]]), name=f"out {name}", axes="B Tq dv")


@criterion(
    "positional_encoding: an example to do by hand",
    points=1,
    tests=["positional_encoding"],
    hint="Row 0 is sin 0 = 0 and cos 0 = 1 in turn. In row 1 the first pair of columns has the "
    "angle 1, the second 1 / 100.",
)
def test_n6_example_positions(submission):
    expected = np.array(
        [[0.0, 1.0, 0.0, 1.0], [np.sin(1.0), np.cos(1.0), np.sin(0.01), np.cos(0.01)]]
    )
    assert_close(submission.positional_encoding(2, 4), expected, name="encoding", axes="T d")
