"""Word vectors: losses of word2vec"""

import itertools

import numpy as np
import pytest

from autograder.rubric import CheckFailed, assert_close, criterion, is_close, unpack

PARTS = ["loss", "gradCenterVec", "gradOutsideVecs"]


class Words:
    """A data set that draws given words, over and over."""

    def __init__(self, *words):
        self.words = itertools.cycle(words)

    def sampleTokenIdx(self):
        return next(self.words)


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "word2vec, naive softmax: an example to do by hand",
    points=1,
    tests=["naiveSoftmaxLossAndGradient"],
    hint="A third each. With scores 0, log 2 and 0 the probabilities are 1/4, 1/2 and 1/4. The gradient of a "
    "row of U is (p - y) times v, that of v is U^T (p - y).",
)
def test_n5_example_naive(submission, part):
    v, U = np.array([np.log(2.0), 0.0]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -3.0]])
    answer = submission.naiveSoftmaxLossAndGradient(v, 1, U, None)
    loss, center, outside = unpack(
        answer, "loss gradCenterVec gradOutsideVecs", of="naiveSoftmaxLossAndGradient"
    )
    if part == "loss":
        assert_close(loss, np.log(2.0), name="loss")
    elif part == "gradCenterVec":
        assert_close(center, np.array([-0.5, -0.5]), name="gradCenterVec", axes="d")
    else:
        assert_close(outside, np.outer([0.25, -0.5, 0.25], v), name="gradOutsideVecs", axes="V d")


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "word2vec, negative samples: an example to do by hand",
    points=1,
    tests=["negSamplingLossAndGradient"],
    provided=["getNegativeSamples"],
    hint="A third each. The scores are 0, log 3 and -log 3, their sigmoids 1/2, 3/4 and 1/4. Word 1 stands "
    "outside, word 2 is drawn twice and word 0 once: the loss is -log 3/4 - 2 log 3/4 - log 1/2. "
    "Row 2 of gradOutsideVecs is 1/4 + 1/4 times v, one for each draw.",
)
def test_n5_example_negative(submission, part):
    v, U = np.array([np.log(3.0), 0.0]), np.array([[0.0, 1.0], [1.0, 0.0], [-1.0, -3.0]])
    data = submission.loan(Words(2, 0, 2))
    answer = submission.negSamplingLossAndGradient(v, 1, U, data, 3)
    loss, center, outside = unpack(
        answer, "loss gradCenterVec gradOutsideVecs", of="negSamplingLossAndGradient"
    )
    if part == "loss":
        if is_close(loss, -2 * np.log(0.75) - np.log(0.5)):
            raise CheckFailed("loss: word 2 was drawn twice, and is counted once.")
        assert_close(loss, -3 * np.log(0.75) - np.log(0.5), name="loss")
    elif part == "gradCenterVec":
        due = -0.25 * U[1] + 2 * 0.25 * U[2] + 0.5 * U[0]
        assert_close(center, due, name="gradCenterVec", axes="d")
    else:
        if is_close(outside, np.outer([0.5, -0.25, 0.25], v)):
            raise CheckFailed(
                "gradOutsideVecs: word 2 was drawn twice, and its row has one of the two gradients."
            )
        assert_close(outside, np.outer([0.5, -0.25, 0.5], v), name="gradOutsideVecs", axes="V d")
