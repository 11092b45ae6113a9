"""Word vectors: losses of word2vec"""

import itertools

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


class Words:
    """A data set that draws given words, over and over."""

    def __init__(self, *words):
        self.words = itertools.cycle(words)

    def sampleTokenIdx(self):
        return next(self.words)


@criterion(
    "word2vec, naive softmax: an example to do by hand",
    points=1,
    tests=["naiveSoftmaxLossAndGradient"],
    hint="With scores 0, log 2 and 0 the probabilities are 1/4, 1/2 and 1/4. The gradient of a row of U is (p - y) times v.",
)
def test_n5_example_naive(submission):
    v, U = np.array([np.log(2.0), 0.0]), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -3.0]])
    answer = submission.naiveSoftmaxLossAndGradient(v, 1, U, None)
    loss, center, outside = unpack(answer, "loss gradCenterVec gradOutsideVecs", of="naiveSoftmaxLossAndGradient")
    assert_close(loss, np.log(2.0), name="loss")
    assert_close(center, np.array([-0.5, -0.5]), name="gradCenterVec", axes="d")
    assert_close(outside, np.outer([0.25, -0.5, 0.25], v), name="gradOutsideVecs", axes="V d")


@criterion(
    "word2vec, negative samples: an example to do by hand",
    points=1,
    tests=["negSamplingLossAndGradient"],
    provided=["getNegativeSamples"],
    hint="If v is 0, all sigmoids are 1/2: the loss is (K + 1) log 2, and only the center word gets a gradient: minus half of the "
    "outside word's vector, plus half of the vector of every draw.",
)
def test_n5_example_negative(submission):
    v, U = np.zeros(2), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -3.0]])
    data = submission.loan(Words(2, 0))
    answer = submission.negSamplingLossAndGradient(v, 1, U, data, 2)
    loss, center, outside = unpack(answer, "loss gradCenterVec gradOutsideVecs", of="negSamplingLossAndGradient")
    assert_close(loss, 3 * np.log(2.0), name="loss")
    assert_close(center, np.array([-0.5, -1.0]), name="gradCenterVec", axes="d")
    assert_close(outside, np.zeros((3, 2)), name="gradOutsideVecs", axes="V d")
