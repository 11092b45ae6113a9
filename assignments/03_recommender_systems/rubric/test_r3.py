"""Bayesian personalised ranking"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, criterion, unpack

#: users, pos, neg for four users and five items. Apart from each other, then repeated, then crossing.
BATCHES = (
    ([0], [4], [1]),
    ([3, 1], [0, 2], [1, 4]),
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
    for k in (1, 3):
        P, Q = draw(rng, k)
        for batch in BATCHES:
            ids = [np.array(one) for one in batch]
            for reg in (0.0, 0.6):
                loss, _, _ = ask(submission, P, Q, *ids, reg)
                due, _, _ = reference.bpr_loss_and_grads(P, Q, *ids, reg)
                assert_close(loss, due, name=f"loss for users {batch[0]}, pos {batch[1]}, neg {batch[2]}, reg = {reg}")


@criterion(
    "bpr_loss_and_grads: the gradients",
    points=6,
    tests=["bpr_loss_and_grads"],
    hint="The derivative of -log sigmoid(x) is -sigmoid(-x), small where the order is right. The negative item moves as well, the other "
    "way. And rows that occur several times, as positive or as negative items, add up: np.add.at.",
)
def test_r3_gradients(submission, reference, rng):
    for k in (1, 3):
        P, Q = draw(rng, k)
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


@criterion(
    "bpr_loss_and_grads: extreme scores",
    points=3,
    tests=["bpr_loss_and_grads"],
    hint="For x = -1000 the loss is 1000: exp(1000) overflows, and log(sigmoid(x) + 1e-10) stops at 23. np.logaddexp(0, -x) is right for "
    "every x; and the sigmoid needs the same care as the loss.",
)
def test_r3_stability(submission, reference, rng):
    first, second, both = np.array([0]), np.array([1]), np.array([0, 0])
    for x in (1e3, -1e3, 750.0, -750.0, 40.0, -40.0):
        P, Q = np.array([[x / 2]]), np.array([[1.0], [-1.0]])
        answer = assert_stable(submission.bpr_loss_and_grads, P, Q, first, first, second, 0.0, name="loss, dP, dQ")
        due = reference.bpr_loss_and_grads(P, Q, first, first, second, 0.0)
        assert_close(answer, due, name=("loss", "dP", "dQ"), axes="; U k; I k")
    P, Q = np.array([[700.0, 300.0]]), rng.normal(size=(2, 2))
    args = (P, Q, both, np.array([0, 1]), np.array([1, 0]), 0.1)  # one pair in the right order, one in the wrong one
    answer = assert_stable(submission.bpr_loss_and_grads, *args, name="loss, dP, dQ")
    assert_close(answer, reference.bpr_loss_and_grads(*args), name=("loss", "dP", "dQ"), axes="; U k; I k")


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
    for reg in (0.0, 0.3):
        right, _, _ = ask(submission, lent_P, lent_Q, users, one, other, reg)
        wrong, _, _ = ask(submission, lent_P, lent_Q, users, other, one, reg)
        x = np.mean(np.sum(P * differences, axis=1))
        difference = assert_array(wrong, (), name="loss") - assert_array(right, (), name="loss")
        assert_close(difference, x, name="loss with pos and neg swapped, less the loss", atol=1e-5)
