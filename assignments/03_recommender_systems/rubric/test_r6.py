"""In-batch softmax"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, criterion, unpack

#: Examples, length of a vector, temperature.
CASES = ((4, 3, 1.0), (2, 5, 0.5), (6, 2, 3.0), (3, 3, 0.2))


def draw(rng, B, d, temperature):
    """Return vectors of both towers, whose logits are from -1 to 1, and the logarithms of probabilities that are far from equal."""
    U, V = rng.normal(size=(2, B, d))
    U, V = (np.sqrt(temperature) * one / np.linalg.norm(one, axis=1, keepdims=True) for one in (U, V))
    return U, V, np.log(rng.permutation(np.geomspace(0.05, 0.5, B)))


def ask(submission, *arguments, **options):
    """Return loss and gradients of the submission."""
    return unpack(submission.in_batch_softmax_loss(*arguments, **options), "loss dU dV", of="in_batch_softmax_loss")


@criterion(
    "in_batch_softmax_loss: the loss",
    points=3,
    tests=["in_batch_softmax_loss"],
    hint="A row of U @ V.T belongs to a user: the softmax goes along the row, over the items. Divide by the temperature, then subtract "
    "log_q of each ITEM, that is from each column; the mean of -log p over the diagonal.",
)
def test_r6_loss(submission, reference, rng):
    for B, d, temperature in CASES:
        U, V, log_q = draw(rng, B, d, temperature)
        for correction in (None, log_q):
            loss, _, _ = ask(submission, U, V, temperature, correction)
            due, _, _ = reference.in_batch_softmax_loss(U, V, temperature, correction)
            which = "without log_q" if correction is None else "with log_q"
            assert_close(loss, due, name=f"loss for temperature {temperature}, {which}")
    loss, _, _ = ask(submission, U, V)
    assert_close(loss, reference.in_batch_softmax_loss(U, V)[0], name="loss for the default temperature")


@criterion(
    "in_batch_softmax_loss: the gradients",
    points=4,
    tests=["in_batch_softmax_loss"],
    hint="With the softmax p, the gradient of the logits is (p - identity) / B; the temperature divides once more on the way back. dU "
    "sums over items, dV over users: one of the two products has a transpose.",
)
def test_r6_gradients(submission, reference, rng):
    for B, d, temperature in CASES:
        U, V, log_q = draw(rng, B, d, temperature)
        for correction in (None, log_q):
            _, dU, dV = ask(submission, U, V, temperature, correction)
            assert_gradient(
                lambda U, V, t=temperature, c=correction: reference.in_batch_softmax_loss(U, V, t, c)[0],
                {"U": U, "V": V},
                (dU, dV),
                rng=rng,
                name="dU dV",
                axes="B d; B d",
            )


@criterion(
    "in_batch_softmax_loss: what must hold",
    points=3,
    tests=["in_batch_softmax_loss"],
    hint="Shuffle the examples, and the loss stays while the gradients move along; a number added to all of log_q changes nothing; of one "
    "item the right one is certain. And at a temperature of 0.01 nothing overflows: subtract each row's largest logit first.",
)
def test_r6_properties(submission, reference, rng):
    U, V, log_q = draw(rng, 5, 3, 1.0)
    order = rng.permutation(5)
    loss, dU, dV = ask(submission, U, V, 0.7, log_q)
    answer = ask(submission, U[order], V[order], 0.7, log_q[order])
    dU, dV = (assert_array(slope, (5, 3), name=name, axes="B d") for slope, name in ((dU, "dU"), (dV, "dV")))
    due = (assert_array(loss, (), name="loss"), dU[order], dV[order])
    assert_close(answer, due, name=("loss of shuffled examples", "dU of shuffled examples", "dV of shuffled examples"))
    answer = ask(submission, U, V, 0.7, log_q + 3)
    assert_close(answer, (loss, dU, dV), name=("loss for log_q + 3", "dU for log_q + 3", "dV for log_q + 3"))
    answer = ask(submission, U[:1], V[:1], 0.3, log_q[:1])
    assert_close(answer, (0.0, np.zeros((1, 3)), np.zeros((1, 3))), name=("loss for B = 1", "dU for B = 1", "dV for B = 1"))

    U, V = 3 * U, 3 * V
    U[0], V[0] = 3.0, 3.0  # <u, v> / temperature is 2,700
    answer = assert_stable(submission.in_batch_softmax_loss, U, V, 0.01, None, name="loss, dU, dV")
    names = ("loss for temperature 0.01", "dU for temperature 0.01", "dV for temperature 0.01")
    assert_close(answer, reference.in_batch_softmax_loss(U, V, 0.01), name=names)
