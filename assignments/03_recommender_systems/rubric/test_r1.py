"""Matrix factorisation with biases"""

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    assert_gradient,
    assert_vectorised,
    check,
    criterion,
    has_other_direction,
    is_close,
    is_multiple,
    partial,
    unpack,
)

#: Users, items, length of a vector, examples: nothing is square, a batch of one, vectors of one number.
SIZES = ((5, 6, 3, 4), (2, 3, 2, 1), (6, 4, 1, 3), (8, 9, 5, 8))
AXES = {"P": "U k", "Q": "I k", "bu": "U", "bi": "I"}
NAMES = tuple(AXES)


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


def gradient_of(submission, tables, batch, ratings, reg, part):
    """Return the gradient of one table, or say what is there instead."""
    _, grads = loss_and_grads(submission, tables, batch, ratings, reg)
    check(isinstance(grads, Mapping) and part in grads, f"grads: expected a dict with the key {part!r}.", "type")
    return grads[part]


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
    "too. The biases are penalised as well; the rest of the tables is not. Half of the points: it is right for reg = 0, or but for a factor there.",
)
def test_r1_loss(submission, reference, rng):
    cases = [draw(rng, *size) for size in SIZES]
    counts = [len(ratings) for _, _, ratings in cases]
    for reg in (0.0, 0.1, 2.0):
        losses = [loss_and_grads(submission, *case, reg)[0] for case in cases]
        due = [reference.mf_loss_and_grads(*tables.values(), *batch.values(), ratings, reg)[0] for tables, batch, ratings in cases]
        if not is_close(losses, due):
            if reg:
                partial(0.5, f"The loss is right for reg = 0, and wrong for reg = {reg}.")
            if is_multiple(losses, due, counts):
                partial(0.5, "The loss is right for reg = 0, but for a factor.")
        for loss, one, B in zip(losses, due, counts, strict=True):
            assert_close(loss, one, name=f"loss for reg = {reg} and B = {B}")


@pytest.mark.parametrize("part", NAMES)
@criterion(
    "mf_loss_and_grads: the gradients",
    points=6,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="A quarter for each of the four. For one example dP[u] = (e * Q[i] + reg * P[u]) / B with the error e = prediction - rating, and "
    "dQ[i] likewise, with the SAME P[u]: nothing is updated here. The biases have a factor of 1 where these have a vector. Half of a "
    "quarter: it is right for reg = 0, or the gradient of your own loss, which is another one.",
)
def test_r1_gradients(submission, reference, rng, part):
    cases = [draw(rng, *size) for size in SIZES]
    name = f"grads[{part!r}]"
    for reg in (0.0, 0.7):
        actual = [gradient_of(submission, *case, reg, part) for case in cases]
        due = [reference.mf_loss_and_grads(*tables.values(), *batch.values(), ratings, reg)[1][part] for tables, batch, ratings in cases]
        if not is_close(actual, due):
            if reg:
                partial(0.5, f"{name} is right for reg = 0, and wrong for reg = {reg}.")
            half_for_own_gradient(submission, rng, cases, part)
        for (tables, batch, ratings), grad in zip(cases, actual, strict=True):

            def loss(value, tables=tables, batch=batch, ratings=ratings, reg=reg):
                return reference.mf_loss_and_grads(*(tables | {part: value}).values(), *batch.values(), ratings, reg)[0]

            assert_gradient(loss, tables[part], grad, rng=rng, name=name, axes=AXES[part])


def half_for_own_gradient(submission, rng, cases, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the ratings."""
    name = f"grads[{part!r}]"
    try:
        for tables, batch, ratings in cases:
            grad = gradient_of(submission, tables, batch, ratings, 0.0, part)

            def own_loss(value, tables=tables, batch=batch, ratings=ratings):
                return loss_and_grads(submission, tables | {part: value}, batch, ratings, 0.0)[0]

            assert_consistent(own_loss, tables[part], grad, rng=rng, directions=3, name=name, axes=AXES[part])
        tables, batch, ratings = cases[0]
        pair = [
            assert_array(gradient_of(submission, tables, batch, some, 0.0, part), tables[part].shape, name=name)
            for some in (ratings, rng.normal(3, 1, size=len(ratings)))
        ]
        check(has_other_direction(*pair), f"{name}: its direction is the same for other ratings.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"{name} is the gradient of your own loss, but that is another one.")



def assert_adds_up(whole, parts, name):
    """Check that the whole is made of its parts: their mean or sum, which r1_loss and r1_gradients ask."""
    B, mean = len(parts), np.mean(parts, axis=0)
    scale = next((scale for scale in (B, 1 / B) if is_close(whole, scale * mean)), 1)
    assert_close(whole, scale * mean, name=name)


def assert_parts(answers, which):
    """Check that loss and gradients of a batch, which come first, are made of those of its examples."""
    (loss, slopes), *alone = answers
    assert_adds_up(loss, [one for one, _ in alone], f"loss {which}, against the losses of its examples")
    for name in NAMES:
        parts = [slope[name] for _, slope in alone]
        assert_adds_up(slopes[name], parts, f"grads[{name!r}] {which}, against those of its examples")


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

        def ask(rows, reg, batch=batch, tables=tables, ratings=ratings):
            some = batch | {"users": batch["users"][rows], "items": batch["items"][rows]}
            loss, grads = loss_and_grads(submission, tables, some, ratings[rows], reg)
            found = isinstance(grads, Mapping) and set(NAMES) <= set(grads)
            check(found, f"grads: expected a dict with the keys {', '.join(NAMES)}.", "type")
            slopes = {name: assert_array(grads[name], np.shape(tables[name]), name=f"grads[{name!r}]") for name in NAMES}
            return assert_array(loss, (), name="loss"), slopes

        plain = [ask(rows, 0.0) for rows in (slice(None), *(slice(b, b + 1) for b in range(len(users))))]
        which = f"for users = {users} and items = {items}"
        assert_parts(plain, which)  # own against own, whatever their values are
        if len(users) > 3:
            penalised = [ask(rows, 0.5) for rows in (slice(None), *(slice(b, b + 1) for b in range(len(users))))]
            added = [
                (loss - without, {name: slopes[name] - before[name] for name in NAMES})
                for (loss, slopes), (without, before) in zip(penalised, plain, strict=True)
            ]
            assert_parts(added, f"{which}, what the penalty adds")
        first = batch | {"users": batch["users"][:1], "items": batch["items"][:1]}
        _, due = reference.mf_loss_and_grads(*tables.values(), *first.values(), ratings[:1], 0.0)
        _, own = ask(slice(0, 1), 0.0)
        along = abs(np.sum(due["P"] * own["P"])) / np.linalg.norm(due["P"]) / max(np.linalg.norm(own["P"]), 1e-12)
        check(along > 0.999, "grads['P'] of one example does not point along Q[i].", "gradient")


@criterion(
    "mf_predict: what must hold",
    points=1,
    tests=["mf_predict"],
    hint="If P and Q are turned by the same rotation, all inner products stay, and so do all predictions.",
)
def test_r1_predict_properties(submission, rng):
    tables, batch, _ = draw(rng, 6, 7, 3, 4)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turned = tables | {"P": tables["P"] @ turn, "Q": tables["Q"] @ turn}
    predicted = submission.mf_predict(*tables.values(), *batch.values())
    assert_close(submission.mf_predict(*turned.values(), *batch.values()), predicted, name="the prediction of turned vectors")
    other = submission.mf_predict(*(tables | {"P": -tables["P"]}).values(), *batch.values())
    check(not is_close(other, predicted), "the prediction does not change where P changes its sign.")


@criterion(
    "mf_loss_and_grads: what must hold",
    points=1,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    hint="Who is not in the batch has a gradient of exactly 0, and the tables of the caller stay as they are: a gradient is "
    "returned, not applied.",
)
def test_r1_properties(submission, rng):
    tables, batch, ratings = draw(rng, 6, 7, 3, 4)
    lent = {name: submission.lend(table) for name, table in tables.items()}
    loss, grads = loss_and_grads(submission, lent, batch, ratings, 0.0)
    again, _ = loss_and_grads(submission, lent, batch, ratings, 0.0)
    assert_close(again, loss, name="loss, when it is asked for a second time")
    present = {"P": batch["users"], "bu": batch["users"], "Q": batch["items"], "bi": batch["items"]}
    for name in NAMES:
        absent = np.setdiff1d(np.arange(len(tables[name])), present[name])
        check(isinstance(grads, Mapping) and name in grads, f"grads: the key {name!r} is missing.", "shape")
        slope = assert_array(grads[name], tables[name].shape, name=f"grads[{name!r}]")
        check(not np.any(slope[absent]), f"grads[{name!r}]: rows that the batch does not mention have a gradient.")
        check(bool(np.any(slope)), f"grads[{name!r}]: no row has a gradient.")


LOOPS = (
    "Executed lines and turns of loops are counted while the batch doubles, and must not grow. Index with the whole arrays: "
    "P[users] has one row per example; np.vectorize and map are loops in disguise."
)


@criterion(
    "mf_predict: no loop over the batch",
    points=1,
    tests=["mf_predict"],
    testimony=True,
    hint=LOOPS,
)
def test_r1_predict_vectorised(submission, rng):
    tables = draw_tables(rng, 9, 8, 3)

    def work(B):
        observed = submission.mf_predict.under(count_work=True)
        predicted = observed(*tables.values(), 3.0, rng.integers(9, size=B), rng.integers(8, size=B))
        different = np.ptp(assert_array(predicted, (B,), name="the prediction", axes="B"))
        check(different > 0, "the prediction is the same for all examples.")
        return observed.testimony.work

    assert_vectorised(work, (50, 100), name="mf_predict", axis="the batch")
    assert_avoids(submission, functions=["mf_predict"], c_loops=True)


@criterion(
    "mf_loss_and_grads: no loop over the batch",
    points=2,
    tests=["mf_loss_and_grads"],
    provided=["mf_predict"],
    testimony=True,
    hint=LOOPS.replace("P[users] has one row per example", "np.add.at takes all rows at once"),
)
def test_r1_vectorised(submission, rng):
    tables = draw_tables(rng, 9, 8, 3)

    def work(B):
        observed = submission.mf_loss_and_grads.under(count_work=True)
        batch = (3.0, rng.integers(9, size=B), rng.integers(8, size=B), rng.normal(3, 1, size=B))
        loss, grads = unpack(observed(*tables.values(), *batch, 0.1), "loss grads", of="mf_loss_and_grads")
        assert_array(loss, (), name="loss")
        check(isinstance(grads, Mapping) and "P" in grads, "grads: the key 'P' is missing.", "shape")
        slope = assert_array(grads["P"], tables["P"].shape, name="grads['P']", axes="U k")
        check(bool(np.any(slope)), "grads['P']: no row has a gradient.")
        return observed.testimony.work

    assert_vectorised(work, (50, 100), name="mf_loss_and_grads", axis="the batch")
    assert_avoids(submission, functions=["mf_loss_and_grads"], c_loops=True)
