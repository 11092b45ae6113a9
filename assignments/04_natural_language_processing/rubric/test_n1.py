"""Word embedding"""

import numpy as np
import pytest

from autograder.rubric import (
    assert_avoids,
    assert_close,
    assert_vectorised,
    check,
    criterion,
    unpack,
)

# N, T, V, D. One sentence, one word, a vocabulary of one, vectors of one number, and more words than places.
SIZES = [(2, 4, 6, 3), (1, 1, 1, 1), (1, 5, 3, 2), (4, 1, 2, 1), (3, 3, 3, 3), (2, 2, 9, 4)]

# Sentences in which words repeat: side by side, in another sentence, everywhere; and words that do not occur, the last
# of the vocabulary among them.
REPEATS = [
    ([[1, 1, 2], [3, 1, 0]], 5),
    ([[0, 3, 0, 3]], 4),
    ([[2], [2], [2]], 3),
    ([[0, 0], [0, 0]], 1),
    ([[4, 1], [1, 4]], 7),
]


def embed(submission, x, W):
    """Return the output of the submission's forward pass."""
    return unpack(
        submission.word_embedding_forward(x, W), "out cache", of="word_embedding_forward"
    )[0]


def own_cache(submission, x, W):
    """Return the cache of the submission's forward pass, which stays with the submission."""
    return unpack(
        submission.word_embedding_forward.keep(x, W), "out cache", of="word_embedding_forward"
    )[1]


def gradient(reference, x, W, dout):
    """Return the right dW."""
    return reference.word_embedding_backward(dout, reference.word_embedding_forward(x, W)[1])


@criterion(
    "Word embedding: forward pass",
    points=1,
    tests=["word_embedding_forward"],
    hint="out has the axes of x and one more, of the length of a word vector: (N, T, D). A word "
    "may occur often, and some words of the vocabulary never do.",
)
def test_n1_forward(submission, reference, rng):
    for N, T, V, D in SIZES:
        x, W = rng.integers(0, V, size=(N, T)), rng.normal(size=(V, D))
        assert_close(
            embed(submission, x, W),
            reference.word_embedding_forward(x, W)[0],
            name="out",
            axes="N T D",
            inputs=(W,),
        )


@criterion(
    "Word embedding: backward pass, also of a word that occurs twice",
    points=3,
    tests=["word_embedding_forward", "word_embedding_backward"],
    hint="A word that occurs several times gets the sum of its gradients. dW[x] += dout keeps "
    "only the last of them, since NumPy reads all rows before it writes any: look up np.add.at. "
    "dW has a row for every word of the vocabulary.",
)
def test_n1_backward(submission, reference, rng):
    drawn = rng.integers(0, 4, size=(3, 6)), 4  # 18 places for 4 words
    for x, V in [*REPEATS, drawn]:
        x, W = np.array(x), rng.normal(size=(V, 3))
        dout = rng.normal(size=(*x.shape, 3))
        dW = submission.word_embedding_backward(dout, own_cache(submission, x, W))
        assert_close(dW, gradient(reference, x, W, dout), name="dW", axes="V D", inputs=(W,))


@criterion(
    "Word embedding: the same number of Python steps for a text of any length",
    points=1,
    tests=["word_embedding_forward", "word_embedding_backward"],
    testimony=True,
    hint="Executed lines and turns of loops are counted while N or T doubles, in both functions, "
    "and must not grow. Indexing and np.add.at do the work without a loop; comprehensions, map "
    "and np.vectorize are loops. A function that gives every word the same vector does no "
    "work.",
)
@pytest.mark.parametrize("name", ["word_embedding_forward", "word_embedding_backward"])
def test_n1_work(submission, rng, name):
    assert_avoids(submission, functions=[name], modules=["torch", "jax", "numba"], c_loops=True)

    def work(N, T):
        x, W, dout = (
            rng.integers(0, 64, size=(N, T)),
            rng.normal(size=(64, 2)),
            rng.normal(size=(N, T, 2)),
        )
        observed = submission[name].under(count_work=True)
        if name == "word_embedding_forward":
            found, _ = unpack(observed(x, W), "out cache", of=name)
        else:
            found = observed(dout, own_cache(submission, x, W))
        # Whether they are right is graded elsewhere.
        rows = np.reshape(np.asarray(found, dtype=float), (-1, 2))
        check(bool(np.any(rows != rows[0])), f"{name}: every word has the same vector.")
        return observed.testimony.work

    assert_vectorised(lambda n: work(n, 4), (4, 8, 16), name=name, axis="N")
    assert_vectorised(lambda n: work(4, n), (4, 8, 16), name=name, axis="T")
