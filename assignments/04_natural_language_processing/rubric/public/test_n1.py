"""Word embedding"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# A vocabulary of 4 words with vectors of 2 numbers; two sentences of 3 words.
W = np.array([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5]])
X = np.array([[2, 0, 2], [3, 3, 1]])


@criterion(
    "Word embedding, forward: an example to do by hand",
    points=1,
    tests=["word_embedding_forward"],
    hint="NumPy takes an array of integers as an index: W[x] has a row of W for every number in "
    "x, in the shape of x.",
)
def test_n1_example(submission, reference, rng):
    expected = np.array(
        [[[2.0, 2.5], [0.0, 0.5], [2.0, 2.5]], [[3.0, 3.5], [3.0, 3.5], [1.0, 1.5]]]
    )
    out, _ = unpack(
        submission.word_embedding_forward(X, W), "out cache", of="word_embedding_forward"
    )
    assert_close(out, expected, name="out", axes="N T D")

    x, w = rng.integers(0, 5, size=(3, 4)), rng.normal(size=(5, 2))
    out, _ = unpack(
        submission.word_embedding_forward(x, w), "out cache", of="word_embedding_forward"
    )
    assert_close(
        out, reference.word_embedding_forward(x, w)[0], name="out", axes="N T D", inputs=(w,)
    )
