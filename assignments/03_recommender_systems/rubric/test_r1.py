"""Matrix factorisation with biases"""

from collections.abc import Mapping

import numpy as np

from autograder.rubric import assert_array, assert_avoids, assert_close, assert_gradient, assert_vectorised, check, criterion, unpack

#: Users, items, length of a vector, examples: nothing is square, a batch of one, vectors of one number.
SIZES = ((5, 6, 3, 4), (2, 3, 2, 1), (6, 4, 1, 3), (8, 9, 5, 8))
NAMES = ("P", "Q", "bu", "bi")


def draw_tables(rng, U, I, k):
    """Return tables by name."""
    return {"P": rng.normal(size=(U, k)), "Q": rng.normal(size=(I, k)), "bu": rng.normal(size=U), "bi": rng.normal(size=I)}


def draw(rng, U, I, k, B):
    """Return tables, and a batch in which nobody and nothing occurs twice: what repeats is r1_repeated's."""
    batch = {"mu": float(rng.uniform(2, 4)), "users": rng.permutation(U)[:B], "items": rng.permutation(I)[:B]}
    return draw_tables(rng, U, I, k), batch, rng.normal(3, 1, size=B)


def loss_and_grads(submission, tables, batch, ratings, reg):
    """Return loss and gradients of the submission."""
    answer = submission.mf_loss_and_grads(*tables.values(), *batch.values(), ratings, reg)
    return unpack(answer, "loss grads", of="mf_loss_and_grads")


def assert_gradients(submission, reference, rng, tables, batch, ratings, reg):
    """Compare all four gradients with differences of the reference's loss."""
    _, grads = loss_and_grads(submission, tables, batch, ratings, reg)

    def loss(P, Q, bu, bi):
        return reference.mf_loss_and_grads(P, Q, bu, bi, *batch.values(), ratings, reg)[0]

    names = [f"grads[{name!r}]" for name in NAMES]
    assert_gradient(loss, tables, grads, rng=rng, name=" ".join(names), axes="U k; I k; U; I")


@criterion(
    "mf_predict: values",
    points=2,
    tests=["mf_predict"],
    hint="mu + bu[users] + bi[items] + the inner product of P[users] and Q[items], row by row: B numbers, not a table.",
)
def test_r1_predict(submission, reference, rng):
    for size in SIZES:
        tables, batch, _ = draw(rng, *size)
        predicted = submission.mf_predict(*tables.values(), *batch.values())
        assert_close(predicted, reference.mf_predict(*tables.values(), *batch.values()), name="the prediction", axes="B")
    tables, batch, _ = draw(rng, 3, 4, 2, 1)
    batch |= {"users": np.array([2, 0, 2, 2, 1]), "items": np.array([3, 3, 0, 3, 1])}  # more examples than users
    predicted = submission.mf_predict(*tables.values(), *batch.values())
    assert_close(predicted, reference.mf_predict(*tables.values(), *batch.values()), name="the prediction", axes="B")


@criterion(
    "mf_loss_and_grads: the loss",
    points=2,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="The mean over the batch of half the squared error, plus half of reg times the squares of the rows that occur, divided by B, "
    "too. The biases are penalised as well; the rest of the tables is not.",
)
def test_r1_loss(submission, reference, rng):
    for size in SIZES:
        tables, batch, ratings = draw(rng, *size)
        for reg in (0.0, 0.1, 2.0):
            loss, _ = loss_and_grads(submission, tables, batch, ratings, reg)
            due, _ = reference.mf_loss_and_grads(*tables.values(), *batch.values(), ratings, reg)
            assert_close(loss, due, name=f"loss for reg = {reg} and B = {size[3]}")


@criterion(
    "mf_loss_and_grads: the gradients",
    points=6,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="For one example dP[u] = (e * Q[i] + reg * P[u]) / B with the error e = prediction - rating, and dQ[i] likewise, with the "
    "SAME P[u]: nothing is updated here. The biases have a factor of 1 where these have a vector.",
)
def test_r1_gradients(submission, reference, rng):
    for size in SIZES:
        for reg in (0.0, 0.7):
            assert_gradients(submission, reference, rng, *draw(rng, *size), reg)


@criterion(
    "mf_loss_and_grads: users and items that occur several times",
    points=3,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="dP[users] += g keeps only the last row of each user: NumPy reads all rows, adds, and writes all back. np.add.at adds up. "
    "The penalty of a row counts once for every example, too.",
)
def test_r1_repeated(submission, reference, rng):
    for users, items in (([0, 0, 0], [1, 2, 3]), ([2, 0, 1], [3, 3, 3]), ([1, 1, 0, 1, 1], [2, 2, 3, 0, 2])):
        batch = {"mu": 3.0, "users": np.array(users), "items": np.array(items)}
        tables, ratings = draw_tables(rng, 3, 4, 2), rng.normal(3, 1, size=len(users))
        loss, _ = loss_and_grads(submission, tables, batch, ratings, 0.5)
        due, _ = reference.mf_loss_and_grads(*tables.values(), *batch.values(), ratings, 0.5)
        assert_close(loss, due, name=f"loss for users = {users} and items = {items}")
        for reg in (0.0, 0.5):
            assert_gradients(submission, reference, rng, tables, batch, ratings, reg)


@criterion(
    "Matrix factorisation: what must hold",
    points=2,
    tests=["mf_predict", "mf_loss_and_grads"],
    hint="If P and Q are turned by the same rotation, no prediction changes; who is not in the batch has a gradient of exactly 0; and "
    "the tables of the caller stay as they are: a gradient is returned, not applied.",
)
def test_r1_properties(submission, rng):
    tables, batch, ratings = draw(rng, 6, 7, 3, 4)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turned = tables | {"P": tables["P"] @ turn, "Q": tables["Q"] @ turn}
    predicted = submission.mf_predict(*tables.values(), *batch.values())
    assert_close(submission.mf_predict(*turned.values(), *batch.values()), predicted, name="the prediction of turned vectors")

    lent = {name: submission.lend(table) for name, table in tables.items()}
    loss, grads = loss_and_grads(submission, lent, batch, ratings, 0.4)
    again, _ = loss_and_grads(submission, lent, batch, ratings, 0.4)
    assert_close(again, loss, name="loss, when it is asked for a second time")
    present = {"P": batch["users"], "bu": batch["users"], "Q": batch["items"], "bi": batch["items"]}
    for name in NAMES:
        absent = np.setdiff1d(np.arange(len(tables[name])), present[name])
        check(isinstance(grads, Mapping) and name in grads, f"grads: the key {name!r} is missing.", "shape")
        slope = assert_array(grads[name], tables[name].shape, name=f"grads[{name!r}]")
        check(not np.any(slope[absent]), f"grads[{name!r}]: rows that the batch does not mention have a gradient.")


@criterion(
    "Matrix factorisation: no loop over the batch",
    points=3,
    tests=["mf_predict", "mf_loss_and_grads"],
    testimony=True,
    hint="Executed lines and turns of loops are counted while the batch doubles, and must not grow. Index with the whole arrays: "
    "P[users] has one row per example; np.vectorize and map are loops in disguise.",
)
def test_r1_vectorised(submission, reference, rng):
    tables = draw_tables(rng, 9, 8, 3)

    def arguments(B):
        batch = (3.0, rng.integers(9, size=B), rng.integers(8, size=B))
        return (*tables.values(), *batch), rng.normal(3, 1, size=B)

    def work_of_prediction(B):
        given, _ = arguments(B)
        observed = submission.mf_predict.under(count_work=True)
        assert_close(observed(*given), reference.mf_predict(*given), name="the prediction", axes="B")
        return observed.testimony.work

    def work_of_gradients(B):
        given, ratings = arguments(B)
        observed = submission.mf_loss_and_grads.under(count_work=True)
        loss, _ = unpack(observed(*given, ratings, 0.1), "loss grads", of="mf_loss_and_grads")
        assert_array(loss, (), name="loss")
        return observed.testimony.work

    assert_vectorised(work_of_prediction, (50, 100), name="mf_predict", axis="the batch")
    assert_vectorised(work_of_gradients, (50, 100), name="mf_loss_and_grads", axis="the batch")
    assert_avoids(submission, functions=["mf_predict", "mf_loss_and_grads"], c_loops=True)
