"""Bayesian personalised ranking"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_gradient,
    assert_stable,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

#: users, pos, neg for four users and five items. Apart from each other, then repeated, then crossing.
APART = (([0], [4], [1]), ([3, 1], [0, 2], [1, 4]))
BATCHES = (
    *APART,
    ([2, 2, 2], [0, 1, 3], [4, 2, 4]),
    ([0, 1, 2, 3], [1, 1, 1, 1], [2, 2, 2, 2]),
    ([0, 3], [1, 2], [2, 1]),  # the item of one pair is the other one of the next
    ([1, 1, 1, 3, 0], [0, 0, 4, 2, 0], [4, 4, 0, 0, 2]),
)


def draw(rng, k=3):
    """Return vectors of users and items, so short that differences of scores are at most 2 k: what is larger is r3_stability's."""
    return rng.uniform(-1, 1, size=(4, k)), rng.uniform(-1, 1, size=(5, k))


def ask(submission, *arguments):
    """Return loss and gradients of the submission."""
    return unpack(submission.bpr_loss_and_grads(*arguments), "loss dP dQ", of="bpr_loss_and_grads")


@criterion(
    "bpr_loss_and_grads: the loss",
    points=3,
    tests=["bpr_loss_and_grads"],
    hint="The mean of -log sigmoid(p . (q_i - q_j)), plus half of reg times the squares of all three rows of every example, divided by "
    "B, too.",
)
def test_r3_loss(submission, reference, rng):
    tables = [draw(rng, k) for k in (1, 3)]
    for reg in (0.0, 0.6):
        for P, Q in tables:
            for batch in BATCHES:
                ids = [np.array(one) for one in batch]
                loss, _, _ = ask(submission, P, Q, *ids, reg)
                due, _, _ = reference.bpr_loss_and_grads(P, Q, *ids, reg)
                if reg and not is_close(loss, due):
                    partial(0.5, f"The loss is right for reg = 0, and wrong for reg = {reg}.")
                assert_close(loss, due, name=f"loss for users {batch[0]}, pos {batch[1]}, neg {batch[2]}, reg = {reg}")


def has_right_gradients(submission, reference, tables, batches, reg):
    """Return whether the gradients are right for some batches."""
    for P, Q in tables:
        for batch in batches:
            ids = [np.array(one) for one in batch]
            _, *found = ask(submission, P, Q, *ids, reg)
            _, *due = reference.bpr_loss_and_grads(P, Q, *ids, reg)
            if not is_close(found, due):
                return False
    return True


@criterion(
    "bpr_loss_and_grads: the gradients",
    points=6,
    tests=["bpr_loss_and_grads"],
    hint="The derivative of -log sigmoid(x) is -sigmoid(-x), small where the order is right. The negative item moves as well, the other "
    "way. And rows that occur several times, as positive or as negative items, add up: np.add.at.",
)
def test_r3_gradients(submission, reference, rng):
    tables = [draw(rng, k) for k in (1, 3)]
    try:
        for P, Q in tables:
            for batch in BATCHES:
                ids = [np.array(one) for one in batch]
                for reg in (0.0, 0.6):
                    _, dP, dQ = ask(submission, P, Q, *ids, reg)
                    assert_gradient(
                        lambda P, Q, ids=ids, reg=reg: reference.bpr_loss_and_grads(P, Q, *ids, reg)[0],
                        {"P": P, "Q": Q},
                        (dP, dQ),
                        rng=rng,
                        name="dP dQ",
                        axes="U k; I k",
                    )
    except CheckFailed:
        if not has_right_gradients(submission, reference, tables, APART, 0.0):
            raise
        repeats = has_right_gradients(submission, reference, tables, BATCHES, 0.0)
        penalty = has_right_gradients(submission, reference, tables, APART, 0.6)
        wrong = [name for is_right, name in ((repeats, "rows that occur several times"), (penalty, "the penalty")) if not is_right]
        told = " and ".join(wrong) or "the penalty of rows that occur several times"
        partial(0.4 + 0.3 * repeats + 0.3 * penalty - (0.1 if not wrong else 0), f"The gradients are right but for {told}.")


@criterion(
    "bpr_loss_and_grads: extreme scores",
    points=3,
    tests=["bpr_loss_and_grads"],
    hint="For x = -1000 the loss is 1000: exp(1000) overflows, and log(sigmoid(x) + 1e-10) stops at 23. np.logaddexp(0, -x) is right for "
    "every x; and the sigmoid needs the same care as the loss.",
)
def test_r3_stability(submission):
    first, second = np.array([0]), np.array([1])

    def answer(x):
        P, Q = np.array([[x / 2]]), np.array([[1.0], [-1.0]])
        found = assert_stable(submission.bpr_loss_and_grads, P, Q, first, first, second, 0.0, name="loss, dP, dQ")
        loss, dP, dQ = unpack(found, "loss dP dQ", of="bpr_loss_and_grads")
        parts = ((loss, (), "loss"), (dP, (1, 1), "dP"), (dQ, (2, 1), "dQ"))
        return [assert_array(part, shape, name=f"{name} for x = {x:g}").astype(float) for part, shape, name in parts]

    # Own against own, since values are r3_loss's: from 40 on, one side of the sigmoid is 0 and the other one 1.
    far, near = {sign: answer(sign * 40.0) for sign in (1, -1)}, answer(0.5)
    check(not is_close(near[1], far[1][1]) or not is_close(near[1], far[-1][1]), "dP is the same for every x.", "gradient")
    for x in (750.0, 1e3):
        right, wrong = answer(x), answer(-x)
        grown = abs((wrong[0] - right[0]) - (far[-1][0] - far[1][0]))
        assert_close(grown, x - 40, name=f"what the loss grows by from x = -40 to x = -{x:g}", rtol=1e-3)
        assert_close((right[1], wrong[1]), (far[1][1], far[-1][1]), name=(f"dP for x = {x:g}", f"dP for x = -{x:g}"))
        shares = [found[2] / found_x for found, found_x in ((right, x), (wrong, -x))]
        due = [found[2] / found_x for found, found_x in ((far[1], 40.0), (far[-1], -40.0))]
        assert_close(shares, due, name=(f"dQ / x for x = {x:g}", f"dQ / x for x = -{x:g}"))


@criterion(
    "bpr_loss_and_grads: what must hold",
    points=2,
    tests=["bpr_loss_and_grads"],
    hint="Where both items score the same, the loss is log 2, and who is told the opposite is pushed in exactly the opposite "
    "direction. In general the losses of x and -x differ by x. Vectors that are passed in stay as they are.",
)
def test_r3_properties(submission, rng):
    users, one, other = np.array([0, 1]), np.array([0, 2]), np.array([1, 0])
    Q = rng.normal(size=(3, 2))
    differences = Q[one] - Q[other]
    P = differences[:, ::-1] * np.array([1.0, -1.0])  # orthogonal to them
    loss, *gradients = ask(submission, P, Q, users, one, other, 0.0)
    assert_close(loss, np.log(2), name="loss, where both items score the same")
    _, *swapped = ask(submission, P, Q, users, other, one, 0.0)
    due = [0.0 - assert_array(g, (length, 2), name=name) for g, length, name in zip(gradients, (2, 3), ("dP", "dQ"), strict=True)]
    assert_close(swapped, due, name=("dP of swapped items", "dQ of swapped items"))

    P = rng.normal(size=(2, 2))
    lent_P, lent_Q = submission.lend(P), submission.lend(Q)
    for b in (0, 1):
        pair = users[b : b + 1], one[b : b + 1], other[b : b + 1]
        right, _, _ = ask(submission, lent_P, lent_Q, *pair, 0.0)
        wrong, _, _ = ask(submission, lent_P, lent_Q, pair[0], pair[2], pair[1], 0.0)
        x = np.sum(P[b] * differences[b])
        difference = assert_array(wrong, (), name="loss") - assert_array(right, (), name="loss")
        assert_close(difference, x, name="loss with pos and neg swapped, less the loss", atol=1e-5)
