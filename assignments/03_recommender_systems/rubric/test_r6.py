"""In-batch softmax"""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_consistent,
    assert_gradient,
    assert_stable,
    check,
    criterion,
    has_other_direction,
    is_close,
    is_multiple,
    partial,
    unpack,
)

#: Examples, length of a vector, temperature; that of the first is 1, the default.
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
    "log_q of each ITEM, that is from each column; the mean of -log p over the diagonal. Half of the points: it is right without log_q, or "
    "there for a temperature of 1, or but for a factor.",
)
def test_r6_loss(submission, reference, rng):
    drawn = [(temperature, *draw(rng, B, d, temperature)) for B, d, temperature in CASES]
    for corrected in (False, True):
        cases = [(U, V, temperature, log_q if corrected else None) for temperature, U, V, log_q in drawn]
        losses, due = ([ask(module, *case)[0] for case in cases] for module in (submission, reference))
        if not is_close(losses, due):
            if corrected:
                partial(0.5, "The loss is right without log_q, and wrong with it.")
            if is_close(losses[0], due[0]):
                partial(0.5, "The loss is right for a temperature of 1 without log_q, and wrong for others.")
            if is_multiple(losses, due, [len(U) for U, *_ in cases]):
                partial(0.5, "The loss is right without log_q, but for a factor.")
        for (_, _, temperature, _), loss, one in zip(cases, losses, due, strict=True):
            assert_close(loss, one, name=f"loss for temperature {temperature}, {'with' if corrected else 'without'} log_q")
        if not corrected:
            U, V, _ = draw(rng, 4, 3, 1.0)
            assert_close(ask(submission, U, V)[0], reference.in_batch_softmax_loss(U, V)[0], name="loss for the default temperature")


@pytest.mark.parametrize("part", ["U", "V"])
@criterion(
    "in_batch_softmax_loss: the gradients",
    points=4,
    tests=["in_batch_softmax_loss"],
    hint="dU and dV count half each. With the softmax p, the gradient of the logits is (p - identity) / B; the temperature divides once more "
    "on the way back. dU sums over items, dV over users: one of the two products has a transpose. Half of each: it is right without log_q, "
    "or there for a temperature of 1, or the gradient of your own loss, which is another one.",
)
def test_r6_gradients(submission, reference, rng, part):
    drawn = [(temperature, *draw(rng, B, d, temperature)) for B, d, temperature in CASES]
    place = 1 + "UV".index(part)
    for corrected in (False, True):
        cases = [(U, V, temperature, log_q if corrected else None) for temperature, U, V, log_q in drawn]
        slopes, due = ([ask(module, *case)[place] for case in cases] for module in (submission, reference))
        if not is_close(slopes, due):
            if corrected:
                partial(0.5, f"d{part} is right without log_q, and wrong with it.")
            if is_close(slopes[0], due[0]):
                partial(0.5, f"d{part} is right for a temperature of 1 without log_q, and wrong for others.")
            half_for_own_gradient(submission, rng, cases, part)
        for case, slope in zip(cases, slopes, strict=True):
            assert_gradient(loss_of(reference, case, part), case[place - 1], slope, rng=rng, name=f"d{part}", axes="B d")


def loss_of(module, case, part):
    """Return the loss as a function of one of the towers' vectors."""
    U, V, *options = case
    return lambda value: ask(module, *((value, V) if part == "U" else (U, value)), *options)[0]


def half_for_own_gradient(submission, rng, cases, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the other tower."""
    place = 1 + "UV".index(part)
    try:
        for case in cases:
            grad = ask(submission, *case)[place]
            assert_consistent(loss_of(submission, case, part), case[place - 1], grad, rng=rng, directions=3, name=f"d{part}", axes="B d")
        U, V, *options = case
        others = (U, rng.normal(size=V.shape)) if part == "U" else (rng.normal(size=U.shape), V)
        pair = [assert_array(one, U.shape, name=f"d{part}") for one in (grad, ask(submission, *others, *options)[place])]
        check(has_other_direction(*pair), f"d{part}: its direction is the same for other vectors of the other tower.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"d{part} is the gradient of your own loss, but that is another one.")



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
    "number in the logarithm makes the loss of an unlikely item too small. Where the loss is wrong for small logits already, it need only "
    "stay finite here, and not be the same for all.",
)
def test_r6_stability(submission, reference, rng):
    # Logits of about 2,500, of which those of a row differ by 50 at most: so that the softmax of the right item is no 0,
    # and its logarithm may be taken as it is.
    U, V = (np.array([5.0, 0.0]) + rng.uniform(-0.05, 0.05, size=(6, 2)) for _ in range(2))
    V[0, 0], V[1, 0] = 4.95, 5.05

    def far(U, V):
        answer = assert_stable(submission.in_batch_softmax_loss, U, V, 0.01, None, name="loss, dU, dV")
        return assert_array(unpack(answer, "loss dU dV", of="in_batch_softmax_loss")[0], (), name="loss")

    turned, swapped = U * np.array([1, -1] * 3)[:, None], V[[1, 0, 2, 3, 4, 5]]
    small = (*draw(rng, 6, 2, 0.5)[:2], 0.5)
    if not is_close(ask(submission, *small)[0], reference.in_batch_softmax_loss(*small)[0]):
        check(not is_close(far(turned, V), far(turned, swapped)), "loss: it is the same where two users have each other's item.")
        return  # the value is r6_loss's
    due, _, _ = reference.in_batch_softmax_loss(U, V, 0.01)
    assert_close(far(U, V), due, name="loss for temperature 0.01", rtol=1e-2)  # float32 has 7 digits, for logits of thousands
    far(turned, V)
