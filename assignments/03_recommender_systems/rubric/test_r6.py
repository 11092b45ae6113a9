"""In-batch softmax"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, check, criterion, is_close, unpack

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
    points=2,
    tests=["in_batch_softmax_loss"],
    hint="Shuffle the examples, and the loss stays while the gradients move along; a number added to all of log_q changes nothing; and "
    "of one item the right one is certain, so that the loss is 0.",
)
def test_r6_properties(submission, rng):
    U, V, log_q = draw(rng, 5, 3, 1.0)
    order = rng.permutation(5)
    loss, dU, dV = ask(submission, U, V, 0.7, log_q)
    answer = ask(submission, U[order], V[order], 0.7, log_q[order])
    dU, dV = (assert_array(slope, (5, 3), name=name, axes="B d") for slope, name in ((dU, "dU"), (dV, "dV")))
    due = (assert_array(loss, (), name="loss"), dU[order], dV[order])
    assert_close(answer, due, name=("loss of shuffled examples", "dU of shuffled examples", "dV of shuffled examples"))
    answer = ask(submission, U, V, 0.7, log_q + 3)
    assert_close(answer, (loss, dU, dV), name=("loss for log_q + 3", "dU for log_q + 3", "dV for log_q + 3"))
    alone, _, _ = ask(submission, U[:1], V[:1], 0.3, log_q[:1])
    assert_close(alone, 0.0, name="loss for B = 1")
    mismatched, _, _ = ask(submission, U, np.roll(V, 1, axis=0), 0.7, np.roll(log_q, 1))
    check(not is_close(mismatched, loss), "the loss is the same where every user gets another one's item.")


@criterion(
    "in_batch_softmax_loss: large logits",
    points=1,
    tests=["in_batch_softmax_loss"],
    hint="Temperatures as small as 0.01 make logits of thousands: subtract each row's largest logit before the exponential. And a tiny "
    "number in the logarithm makes the loss of an unlikely item too small.",
)
def test_r6_stability(submission, reference, rng):
    # Logits of about 2,500, of which those of a row differ by 50 at most: so that the softmax of the right item is no 0,
    # and its logarithm may be taken as it is.
    U, V = (np.array([5.0, 0.0]) + rng.uniform(-0.05, 0.05, size=(6, 2)) for _ in range(2))
    V[0, 0], V[1, 0] = 4.95, 5.05
    answer = assert_stable(submission.in_batch_softmax_loss, U, V, 0.01, None, name="loss, dU, dV")
    loss, _, _ = unpack(answer, "loss dU dV", of="in_batch_softmax_loss")
    due, _, _ = reference.in_batch_softmax_loss(U, V, 0.01)
    assert_close(loss, due, name="loss for temperature 0.01", rtol=1e-2)  # float32 has 7 digits, for logits of thousands
