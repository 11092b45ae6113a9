# ruff: noqa: E741, N803, N806 - tables and sizes have capital letters, as in the reference
"""The reference of 03_recommender_systems against oracles that share no code with it.

TensorFlow's differentiation of losses that are written here a second time, example by example; Keras' AUC and
cross-entropy; least squares with the penalty as further rows; brute force over pairs, rankings and logs.
"""

import doctest
import importlib
import itertools
import math
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "03_recommender_systems"
EXACT = {"rtol": 1e-12, "atol": 1e-12}


@pytest.fixture(scope="module")
def recsys():
    """Import the reference as a student's file would be, and forget it afterwards."""
    before = sys.modules.pop("recsys", None)
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("recsys")
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("recsys", None)
        if before is not None:
            sys.modules["recsys"] = before


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(3)


def gradients_by_tape(tf, loss_of, *values):
    """Return a loss and its gradients, as TensorFlow differentiates it, in float64."""
    variables = [tf.Variable(value) for value in values]
    with tf.GradientTape() as tape:
        loss = loss_of(*variables)
    dense = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
    return float(loss), [g.numpy() for g in dense]


def test_reference_docstring_examples_run(recsys):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(recsys).failed == 0


def test_reference_imported_alone_brings_no_framework():
    """The NumPy exercises must not wait for TensorFlow."""
    file = str(FOLDER / "recsys.py")
    code = f"import runpy, sys; runpy.run_path({file!r}); print({{'keras', 'tensorflow'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# R1


def rating_case(rng, U, I, k, B):
    """Return tables, a mean, and a batch in which ids repeat where there are more examples than ids."""
    tables = [rng.normal(size=shape) for shape in ((U, k), (I, k), (U,), (I,))]
    return tables, 3.4, rng.integers(U, size=B), rng.integers(I, size=B), rng.normal(3, 1, size=B)


SIZES = [(3, 4, 2, 12), (5, 2, 3, 1), (1, 1, 1, 4), (6, 7, 4, 9)]


@pytest.mark.parametrize(("U", "I", "k", "B"), SIZES)
def test_mf_predict_agrees_with_a_loop(recsys, rng, U, I, k, B):
    """A prediction is a sum of k + 3 numbers, one example at a time."""
    (P, Q, bu, bi), mu, users, items, _ = rating_case(rng, U, I, k, B)
    due = [mu + bu[u] + bi[i] + sum(P[u, f] * Q[i, f] for f in range(k)) for u, i in zip(users, items, strict=True)]
    np.testing.assert_allclose(recsys.mf_predict(P, Q, bu, bi, mu, users, items), due, **EXACT)


@pytest.mark.parametrize("reg", [0.0, 0.3])
@pytest.mark.parametrize(("U", "I", "k", "B"), SIZES)
def test_mf_loss_and_grads_agree_with_tensorflow(recsys, tf, rng, U, I, k, B, reg):
    """Loss and gradients are those of the formula, summed example by example and differentiated by TensorFlow."""
    tables, mu, users, items, ratings = rating_case(rng, U, I, k, B)

    def loss_of(P, Q, bu, bi):
        total = 0.0
        for u, i, r in zip(users, items, ratings, strict=True):
            error = mu + bu[u] + bi[i] + tf.tensordot(P[u], Q[i], 1) - r
            penalty = tf.reduce_sum(P[u] ** 2) + tf.reduce_sum(Q[i] ** 2) + bu[u] ** 2 + bi[i] ** 2
            total += 0.5 * error**2 + 0.5 * reg * penalty
        return total / B

    loss, gradients = gradients_by_tape(tf, loss_of, *tables)
    actual, grads = recsys.mf_loss_and_grads(*tables, mu, users, items, ratings, reg)
    assert math.isclose(actual, loss, rel_tol=1e-12)
    for name, due in zip(("P", "Q", "bu", "bi"), gradients, strict=True):
        np.testing.assert_allclose(grads[name], due, **EXACT)


def test_mf_gradients_descend_to_a_table_of_low_rank(recsys, rng):
    """Steps along the gradients explain ratings that are of the form of the model."""
    P, Q = rng.normal(size=(8, 2)), rng.normal(size=(9, 2))
    users, items = (ids.ravel() for ids in np.indices((8, 9)))
    ratings = (P @ Q.T).ravel()
    tables = {"P": rng.normal(size=(8, 2)), "Q": rng.normal(size=(9, 2)), "bu": np.zeros(8), "bi": np.zeros(9)}
    for _ in range(3000):
        loss, grads = recsys.mf_loss_and_grads(*tables.values(), 0.0, users, items, ratings, 0.0)
        tables = {name: table - grads[name] for name, table in tables.items()}
    assert loss < 1e-3


# R2


@pytest.mark.parametrize("reg", [0.0, 0.5])
def test_als_update_agrees_with_least_squares(recsys, rng, reg):
    """A ridge regression is a least-squares problem with the root of the penalty as k more rows."""
    R, Q = rng.normal(size=(6, 9)), rng.normal(size=(9, 3))
    M = rng.random((6, 9)) < 0.6
    M[:, :3] = True
    P = recsys.als_update(R, M, Q, reg)
    for u in range(6):
        rows = np.vstack([Q[M[u]], math.sqrt(reg) * np.eye(3)])
        due = np.linalg.lstsq(rows, np.append(R[u, M[u]], np.zeros(3)))[0]
        np.testing.assert_allclose(P[u], due, rtol=1e-9, atol=1e-9)


def test_als_update_without_ratings_is_zero(recsys, rng):
    """Who has not rated anything gets zeros, with and without a penalty, and nan in the holes is not looked at."""
    R, M = np.full((2, 5), np.nan), np.zeros((2, 5), dtype=bool)
    R[0], M[0] = 1.0, True
    for reg in (0.0, 1.0):
        P = recsys.als_update(R, M, rng.normal(size=(5, 2)), reg)
        assert np.all(P[1] == 0)
        assert np.all(np.isfinite(P[0]))


# R3


@pytest.mark.parametrize("reg", [0.0, 0.2])
def test_bpr_loss_and_grads_agree_with_tensorflow(recsys, tf, rng, reg):
    """Loss and gradients are those of the formula with TensorFlow's softplus, repeated and crossing ids included."""
    P, Q = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    users, pos, neg = np.array([0, 0, 2, 2, 3, 3]), np.array([1, 1, 4, 0, 2, 3]), np.array([2, 4, 1, 1, 3, 2])

    def loss_of(P, Q):
        total = 0.0
        for u, i, j in zip(users, pos, neg, strict=True):
            penalty = tf.reduce_sum(P[u] ** 2) + tf.reduce_sum(Q[i] ** 2) + tf.reduce_sum(Q[j] ** 2)
            total += tf.nn.softplus(-tf.tensordot(P[u], Q[i] - Q[j], 1)) + 0.5 * reg * penalty
        return total / len(users)

    loss, gradients = gradients_by_tape(tf, loss_of, P, Q)
    actual, *due = recsys.bpr_loss_and_grads(P, Q, users, pos, neg, reg)
    assert math.isclose(actual, loss, rel_tol=1e-12)
    for given, by_tape in zip(due, gradients, strict=True):
        np.testing.assert_allclose(given, by_tape, **EXACT)


def test_bpr_of_extreme_scores_is_exact(recsys):
    """For a difference of -1000 the loss is 1000 and the slope -1; for 1000 both are 0; nothing overflows."""
    P, Q = np.array([[1000.0]]), np.array([[1.0], [0.0]])
    one, other = np.array([0]), np.array([1])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dP, dQ = recsys.bpr_loss_and_grads(P, Q, one, other, one, 0.0)
        assert (loss, dP[0, 0], dQ[0, 0], dQ[1, 0]) == (1000.0, 1.0, 1000.0, -1000.0)
        loss, dP, dQ = recsys.bpr_loss_and_grads(P, Q, one, one, other, 0.0)
        assert (loss, dP[0, 0], dQ[0, 0]) == (0.0, 0.0, 0.0)


# R4


def test_sample_negatives_is_uniform_over_what_was_not_chosen(recsys):
    """Each of the remaining items is drawn as often as the others, to six standard deviations."""
    positives, n = [{0, 2, 3}, set(), {0, 1, 2, 3, 4, 5}], 30_000
    drawn = recsys.sample_negatives(positives, np.repeat([0, 1, 2], n), 7, np.random.default_rng(1)).reshape(3, n)
    for user, chosen in enumerate(positives):
        left = sorted(set(range(7)) - chosen)
        counts = np.bincount(drawn[user], minlength=7)
        assert counts.sum() == counts[left].sum()
        p = 1 / len(left)
        assert np.all(np.abs(counts[left] - n * p) <= 6 * math.sqrt(n * p * (1 - p)))


def test_sample_negatives_is_reproducible(recsys):
    """The generator decides, and nothing else does."""
    positives, users = [{1, 2}, {0}], np.array([0, 1] * 20)
    first, again, other = (
        recsys.sample_negatives(positives, users, 50, np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


# R5


def ranking_case(rng, U=6, I=9):
    """Return scores of both signs, test items (none for one user, many for another), and items to be left out."""
    scores = rng.permutation(U * I).reshape(U, I) / 7.0 - 4.0
    test, exclude = [], []
    for u in range(U):
        items = rng.permutation(I)
        wanted = (0, 1, 5)[u % 3]
        test.append(set(items[:wanted].tolist()))
        exclude.append(set(items[wanted : wanted + u % 4].tolist()))
    return scores, test, exclude


def ranking(row, left_out):
    """Return items from the highest score to the lowest, without those that are left out."""
    return sorted((i for i in range(len(row)) if i not in left_out), key=lambda i: row[i], reverse=True)


@pytest.mark.parametrize("k", [1, 2, 4, 9, 20])
def test_recall_agrees_with_counting(recsys, rng, k):
    """The share of a user's test items among the first k of a sorted list, for all users who have any."""
    scores, test, exclude = ranking_case(rng)
    for left_out in (exclude, None):
        shares = [
            len(set(ranking(scores[u], left_out[u] if left_out else ())[:k]) & wanted) / len(wanted)
            for u, wanted in enumerate(test)
            if wanted
        ]
        assert math.isclose(recsys.recall_at_k(scores, test, k, left_out), np.mean(shares))


@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_ndcg_agrees_with_the_best_of_all_rankings(recsys, rng, k):
    """The ideal gain is the largest that any order of the items has, found by trying all of them."""
    scores, test, exclude = ranking_case(rng, U=4, I=7)

    def gain(order, wanted):
        return sum(1 / math.log2(rank + 1) for rank, item in enumerate(order[:k], start=1) if item in wanted)

    ratios = []
    for u, wanted in enumerate(test):
        if wanted:
            best = max(gain(order, wanted) for order in itertools.permutations(range(7)))
            ratios.append(gain(ranking(scores[u], exclude[u]), wanted) / best)
    assert math.isclose(recsys.ndcg_at_k(scores, test, k, exclude), np.mean(ratios))


@pytest.mark.parametrize("values", [2, 5, 1000])
def test_roc_auc_agrees_with_all_pairs(recsys, rng, values):
    """Every positive example meets every negative one; few values make many ties."""
    y = np.append(rng.integers(0, 2, size=40), [0, 1])
    s = rng.integers(values, size=42) / 3
    pairs = [(s[a] > s[b]) + 0.5 * (s[a] == s[b]) for a in np.flatnonzero(y) for b in np.flatnonzero(1 - y)]
    assert math.isclose(recsys.roc_auc(y, s), np.mean(pairs))


def test_roc_auc_agrees_with_keras(recsys, tf, rng):
    """Keras integrates the curve at 2,000 thresholds, among which all ten scores are told apart."""
    y, s = rng.integers(0, 2, size=200), rng.integers(10, size=200) / 10 + 0.05
    metric = tf.keras.metrics.AUC(num_thresholds=2000)
    metric.update_state(y, s)
    assert abs(recsys.roc_auc(y, s) - float(metric.result())) < 1e-5


# R6


@pytest.mark.parametrize("temperature", [1.0, 0.2])
@pytest.mark.parametrize("B", [1, 2, 5])
def test_in_batch_softmax_agrees_with_tensorflow(recsys, tf, rng, B, temperature):
    """Loss and gradients are those of TensorFlow's cross-entropy, with and without the correction."""
    U, V, log_q = rng.normal(size=(B, 3)), rng.normal(size=(B, 3)), np.log(rng.uniform(0.01, 1, size=B))
    for correction in (None, log_q):

        def loss_of(U, V, correction=correction):
            logits = tf.linalg.matmul(U, V, transpose_b=True) / temperature - (0 if correction is None else correction)
            return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(np.arange(B), logits))

        loss, (dU, dV) = gradients_by_tape(tf, loss_of, U, V)
        actual = recsys.in_batch_softmax_loss(U, V, temperature, correction)
        assert math.isclose(actual[0], loss, rel_tol=1e-12, abs_tol=1e-12)
        np.testing.assert_allclose(actual[1], dU, **EXACT)
        np.testing.assert_allclose(actual[2], dV, **EXACT)


def test_in_batch_softmax_of_large_logits_is_finite(recsys):
    """Logits of thousands: who is found costs nothing, who is confused costs the difference."""
    U = np.array([[100.0, 0.0], [0.0, 100.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert recsys.in_batch_softmax_loss(U, U, 0.1)[0] == 0.0
        assert recsys.in_batch_softmax_loss(U, U[::-1], 0.1)[0] == 1e5


# R7


def test_two_tower_is_the_inner_product_of_its_tables(recsys, tf, rng):
    """A score is that of the rows of the two weight matrices, for the first and the last id, too."""
    model = recsys.build_two_tower(4, 6, 3)
    P, Q = rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=(6, 3)).astype(np.float32)
    model.set_weights([P, Q])
    users, items = np.array([0, 3, 1]), np.array([5, 0, 2])
    scores = model.predict_on_batch([users, items])
    np.testing.assert_allclose(np.ravel(scores), np.sum(P[users] * Q[items], axis=1), rtol=1e-5, atol=1e-6)
    assert model.count_params() == 30


# R8


def split_by_scanning(users, times):
    """Return the rows for testing: for every user with two rows or more, that of the largest time and largest place."""
    rows = {}
    for row, user in enumerate(users):
        rows.setdefault(user, []).append(row)
    return sorted(max(own, key=lambda row: (times[row], row)) for own in rows.values() if len(own) > 1)


def test_leave_last_out_agrees_with_scanning(recsys, rng):
    """Many small logs with equal times, negative ids, and users who occur once."""
    for _ in range(200):
        n = int(rng.integers(1, 15))
        users, times = rng.integers(-3, 4, size=n), rng.integers(0, 4, size=n) / 2
        train, test = recsys.leave_last_out(users, rng.integers(9, size=n), times)
        assert np.sort(test).tolist() == split_by_scanning(users.tolist(), times.tolist())
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(n))
