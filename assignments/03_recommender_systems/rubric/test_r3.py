"""Bayesian personalised ranking"""

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
    "B, too. Half of the points: it is right for reg = 0, or but for a factor there.",
)
def test_r3_loss(submission, reference, rng):
    tables = [draw(rng, k) for k in (1, 3)]
    cases = [(P, Q, *(np.array(one) for one in batch)) for P, Q in tables for batch in BATCHES]
    for reg in (0.0, 0.6):
        losses = [ask(submission, *case, reg)[0] for case in cases]
        due = [reference.bpr_loss_and_grads(*case, reg)[0] for case in cases]
        if not is_close(losses, due):
            if reg:
                partial(0.5, f"The loss is right for reg = 0, and wrong for reg = {reg}.")
            if is_multiple(losses, due, [len(users) for _, _, users, _, _ in cases]):
                partial(0.5, "The loss is right for reg = 0, but for a factor.")
        for (_, _, users, pos, neg), loss, one in zip(cases, losses, due, strict=True):
            ids = f"users {users.tolist()}, pos {pos.tolist()}, neg {neg.tolist()}"
            assert_close(loss, one, name=f"loss for {ids}, reg = {reg}")


def has_right_gradient(submission, reference, tables, batches, reg, part):
    """Return whether the gradient of one table is right for some batches."""
    for P, Q in tables:
        for batch in batches:
            ids = [np.array(one) for one in batch]
            found, due = (ask(module, P, Q, *ids, reg)[1 + "PQ".index(part)] for module in (submission, reference))
            if not is_close(found, due):
                return False
    return True


@pytest.mark.parametrize("part", ["P", "Q"])
@criterion(
    "bpr_loss_and_grads: the gradients",
    points=6,
    tests=["bpr_loss_and_grads"],
    hint="dP and dQ count half each. The derivative of -log sigmoid(x) is -sigmoid(-x), small where the order is right. The negative item "
    "moves as well, the other way. And rows that occur several times, as positive or as negative items, add up: np.add.at. Part of the "
    "points: it is right without the penalty or without such rows, or the gradient of your own loss, which is another one.",
)
def test_r3_gradients(submission, reference, rng, part):
    tables = [draw(rng, k) for k in (1, 3)]
    if not all(has_right_gradient(submission, reference, tables, BATCHES, reg, part) for reg in (0.0, 0.6)):
        if not has_right_gradient(submission, reference, tables, APART, 0.0, part):
            half_for_own_gradient(submission, rng, *tables[1], part)
        else:
            repeats = has_right_gradient(submission, reference, tables, BATCHES, 0.0, part)
            penalty = has_right_gradient(submission, reference, tables, APART, 0.6, part)
            wrong = [name for is_right, name in ((repeats, "rows that occur several times"), (penalty, "the penalty")) if not is_right]
            told = " and ".join(wrong) or "the penalty of rows that occur several times"
            partial(0.4 + 0.3 * repeats + 0.3 * penalty - (0.1 if not wrong else 0), f"d{part} is right but for {told}.")
    for P, Q in tables:
        for batch in BATCHES:
            ids = [np.array(one) for one in batch]
            for reg in (0.0, 0.6):
                at = {"P": P, "Q": Q}
                grad = ask(submission, P, Q, *ids, reg)[1 + "PQ".index(part)]

                def loss(value, at=at, ids=ids, reg=reg):
                    return reference.bpr_loss_and_grads(**(at | {part: value}), **dict(zip(IDS, ids, strict=True)), reg=reg)[0]

                assert_gradient(loss, at[part], grad, rng=rng, name=f"d{part}", axes=AXES[part])


IDS = ("users", "pos", "neg")
AXES = {"P": "U k", "Q": "I k"}


def half_for_own_gradient(submission, rng, P, Q, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the other table."""
    at, other, place = {"P": P, "Q": Q}, {"P": "Q", "Q": "P"}[part], 1 + "PQ".index(part)
    try:
        for batch in APART:
            ids = [np.array(one) for one in batch]

            def own_loss(value, ids=ids):
                return ask(submission, *(at | {part: value}).values(), *ids, 0.0)[0]

            grad = ask(submission, P, Q, *ids, 0.0)[place]
            assert_consistent(own_loss, at[part], grad, rng=rng, directions=3, name=f"d{part}", axes=AXES[part])
        turned = ask(submission, *(at | {other: rng.normal(size=at[other].shape)}).values(), *ids, 0.0)[place]
        pair = [assert_array(one, at[part].shape, name=f"d{part}") for one in (grad, turned)]
        check(has_other_direction(*pair), f"d{part}: its direction is the same for another {other}.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"d{part} is the gradient of your own loss, but that is another one.")



@criterion(
    "bpr_loss_and_grads: extreme scores",
    points=3,
    tests=["bpr_loss_and_grads"],
    hint="For x = -1000 the loss is 1000: exp(1000) overflows, and log(sigmoid(x) + 1e-10) stops at 23. np.logaddexp(0, -x) is right for "
    "every x; and the sigmoid needs the same care as the loss. Where loss or gradient are wrong for x = 0.5 already, they need only stay "
    "finite here.",
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
    p = 1 / (1 + np.exp(0.5))
    is_right = is_close(near, [np.logaddexp(0, -0.5), np.array([[-2 * p]]), np.array([[-p / 4], [p / 4]])])
    for x in (750.0, 1e3):
        right, wrong = answer(x), answer(-x)
        grown = abs((wrong[0] - right[0]) - (far[-1][0] - far[1][0]))
        slopes = [[found[1] for found in pair] for pair in ((right, wrong), (far[1], far[-1]))]
        shares = [[found[2] / found_x for found in pair] for pair, found_x in (((right, wrong), x), ((far[1], far[-1]), 40.0))]
        shares = [[one, -other] for one, other in shares]
        if not is_right:  # r3_loss and r3_gradients say so
            grown, slopes, shares = x - 40, [slopes[0]] * 2, [shares[0]] * 2
        assert_close(grown, x - 40, name=f"what the loss grows by from x = -40 to x = -{x:g}", rtol=1e-3)
        assert_close(*slopes, name=(f"dP for x = {x:g}", f"dP for x = -{x:g}"))
        assert_close(*shares, name=(f"dQ / x for x = {x:g}", f"dQ / x for x = -{x:g}"))


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
    loss, _, _ = ask(submission, P, Q, users[:1], one[:1], other[:1], 0.0)
    assert_close(loss, np.log(2), name="loss, where both items score the same")
    _, *gradients = ask(submission, P, Q, users, one, other, 0.0)
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
        # Which of them is larger is r3_loss's.
        apart = abs(assert_array(wrong, (), name="loss") - assert_array(right, (), name="loss"))
        assert_close(apart, abs(x), name="how far the losses with pos and neg swapped are apart", atol=1e-5)
