"""Training: its history is checked against what it returned, its predictions against labels that it never gets."""

import numpy as np

from autograder.rubric import assert_array, assert_close, check, criterion


@criterion(
    "Training: history", points=4, tests=["train"], hint="The history holds the losses that these weights really had."
)
def test_t_history(submission, reference, rng):
    x, w = rng.normal(size=(30, 4)), rng.normal(size=4)
    y = x @ w
    found, history, _ = submission.train(x, y, rng.normal(size=(5, 4)), 20)
    losses = assert_array(
        np.asarray(history, dtype=float) if isinstance(history, list) else history, (20,), name="history"
    )
    assert_close(losses[0], reference.loss(x, y, np.zeros(4)), name="first loss")
    before = reference.train(x, y, x, 20)[1]
    assert_close(losses, np.array(before), name="history")
    assert_close(found, reference.train(x, y, x, 20)[0], name="w")


@criterion(
    "Training: held out samples", points=4, tests=["train"], hint="Predict them with the weights that you have found."
)
def test_t_held(submission, rng):
    x, w, held = rng.normal(size=(60, 4)), rng.normal(size=4), rng.normal(size=(200, 4))
    _, _, predicted = submission.train(x, x @ w, held, 60)
    predictions = assert_array(predicted, (200,), name="predictions")
    check(np.corrcoef(predictions, held @ w)[0, 1] > 0.9, "the predictions do not follow what was to be learnt")
    nonsense = rng.normal(size=60)
    labels = rng.normal(size=200)
    _, _, guessed = submission.train(x, nonsense, held, 60)
    guesses = assert_array(guessed, (200,), name="predictions")
    check(abs(np.corrcoef(guesses, labels)[0, 1]) < 0.45, "labels that were never handed out were guessed")
