"""Masked sequence loss"""

import math

import numpy as np

from autograder.rubric import CheckFailed, assert_close, criterion, is_close, unpack

# exp of these scores is 1, 2, 1 or 1, 1, 2: the probabilities are quarters and halves. Two sentences, of 2 words and of 1.
X = np.log(np.array([[[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]], [[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]]))
Y = np.array([[1, 0], [0, 2]])
MASK = np.array([[True, True], [True, False]])
TOTAL = math.log(2) + math.log(4) + math.log(4)  # of the words that count
MISTAKES = {
    "loss: it is divided by the 3 words that count; divide by N = 2 sentences.": TOTAL / 3,
    "loss: it is divided by N * T = 4; divide by N = 2 sentences.": TOTAL / 4,
    "loss: it is not divided by N = 2, the number of sentences.": TOTAL,
    "loss: the word under the mask is counted, too.": (TOTAL + math.log(2)) / 2,
    "loss: each sentence is a mean over its words; add them up.": (
        (math.log(2) + math.log(4)) / 2 + math.log(4)
    )
    / 2,
}


@criterion(
    "Masked loss: two sentences to do by hand",
    points=1,
    tests=["temporal_softmax_loss"],
    hint="Add up -log p of the right words where the mask is True, and divide by the number of "
    "sentences N; not by N * T, and not by the number of words.",
)
def test_n4_example(submission, reference, rng):
    loss, _ = unpack(
        submission.temporal_softmax_loss(X, Y, MASK), "loss dx", of="temporal_softmax_loss"
    )
    for sentence, wrong in MISTAKES.items():
        if is_close(loss, wrong):
            raise CheckFailed(sentence)
    assert_close(loss, TOTAL / 2, name="loss")

    x, y, mask = (
        rng.normal(size=(3, 4, 5)),
        rng.integers(0, 5, size=(3, 4)),
        np.arange(4) < np.array([[4], [2], [1]]),
    )
    loss, _ = unpack(
        submission.temporal_softmax_loss(x, y, mask), "loss dx", of="temporal_softmax_loss"
    )
    assert_close(loss, reference.temporal_softmax_loss(x, y, mask)[0], name="loss", inputs=(x,))
