"""Ranking metrics"""

from itertools import permutations

import numpy as np

from autograder.rubric import CheckFailed, assert_array, assert_close, check, criterion, is_close, partial

#: Test items and excluded items of six users among nine: none at all, one, several, more than are recommended.
TEST = [{4}, set(), {0, 2, 8}, {1, 3, 4, 5, 6}, {7, 0}, {2}]
WANTED = [{4}, {5, 1}, {0, 2, 8}, {1, 3, 4, 5, 6}, {7, 0}, {2}]
EXCLUDE = [{0, 1, 2}, {3}, {1, 4}, set(), {1, 2, 3, 4, 5, 6, 8}, {8}]


def draw_scores(rng):
    """Return scores that are all different, for every user of both signs."""
    return rng.permuted(np.tile(np.arange(9) - 4.3, (6, 1)), axis=1) * rng.uniform(0.5, 2, size=(6, 1))


def cases(rng):
    """Yield scores, test items and what is excluded: items at the top, scores below zero, more wanted than recommended."""
    for scores in (draw_scores(rng), draw_scores(rng) - 100, draw_scores(rng) + 100):
        favoured = scores.copy()
        for u, items in enumerate(EXCLUDE):
            favoured[u, list(items)] += 9  # training items are what a model likes best
        yield scores, TEST, None
        yield scores, TEST, EXCLUDE
        yield favoured, TEST, EXCLUDE
    for _ in range(3):
        order = [rng.permutation(9).tolist() for _ in range(6)]
        wanted = [set(items[: rng.integers(1, 7)]) for items in order]
        left_out = [set(items[len(some) : len(some) + rng.integers(0, 3)]) for items, some in zip(order, wanted, strict=True)]
        yield draw_scores(rng), wanted, left_out


def assert_metric(submission, reference, rng, of):
    """Compare a metric for all cases, those without excluded items first; half of the points are for these."""
    asked = sorted(cases(rng), key=lambda case: case[2] is not None)
    for scores, test, exclude in asked:
        for k in (1, 2, 4, 9, 12):
            value = submission[of](scores, test, k, exclude)
            due = getattr(reference, of)(scores, test, k, exclude)
            if exclude is not None and not is_close(value, due):
                partial(0.5, f"{of} is right where nothing is excluded, and wrong where some items are.")
            assert_close(value, due, name=f"{of} for k = {k}" + ("" if exclude is None else ", some items excluded"))


@criterion(
    "recall_at_k: values",
    points=2,
    tests=["recall_at_k"],
    hint="Hits by the number of the user's test items, not by k; then the mean over the users who have any. Excluded items leave before "
    "the ranking: a score of 0 does not get rid of them where all scores are negative, -inf does. Half of the points: it is right where "
    "nothing is excluded.",
)
def test_r5_recall(submission, reference, rng):
    assert_metric(submission, reference, rng, "recall_at_k")


@criterion(
    "ndcg_at_k: values",
    points=3,
    tests=["ndcg_at_k"],
    hint="The discount of rank 1 is 1 / log2(2) = 1. The ideal ranking of a user with two test items has two of them, also for k = 10: "
    "the sum stops at min(k, |test|). Order matters: np.argpartition alone does not sort. Half of the points: it is right where nothing is "
    "excluded.",
)
def test_r5_ndcg(submission, reference, rng):
    assert_metric(submission, reference, rng, "ndcg_at_k")


@criterion(
    "roc_auc: values",
    points=2,
    tests=["roc_auc"],
    hint="A positive and a negative example with the same score count one half, neither 0 nor 1. With ranks: equal scores share the mean "
    "of theirs.",
)
def test_r5_auc(submission, rng):
    def compare(positives, negatives, values):
        y = rng.permutation(np.repeat([1, 0], [positives, negatives]))
        s = rng.permutation(len(y)) / 4 - 1 if values is None else rng.integers(values, size=len(y)) / 4 - 1
        wins = s[y == 1][:, None] - s[y == 0]  # every positive example meets every negative one
        due = np.mean((wins > 0) + 0.5 * (wins == 0))
        which = "different" if values is None else f"{values} possible"
        assert_close(submission.roc_auc(y, s), due, name=f"AUC of {positives} positives, {negatives} negatives, {which} scores")

    for counts in ((1, 1), (3, 4), (1, 9), (15, 15)):
        compare(*counts, None)
    try:
        for counts in ((1, 1, 1), (3, 4, 2), (1, 9, 3), (12, 5, 4), (20, 30, 10)):
            compare(*counts)
    except CheckFailed as failed:
        partial(0.5, f"Right where all scores are different. With equal ones: {failed.message}")


def assert_ranks(submission, rng, of):
    """Check a ranking metric against itself: better is better, only the order counts, and the scores stay."""
    scores = draw_scores(rng)
    perfect = scores + 50 * np.array([[i in wanted for i in range(9)] for wanted in WANTED])
    values = [assert_array(submission[of](one, WANTED, 3), (), name=of) for one in (perfect, -perfect)]
    check(values[0] > values[1], f"{of}: a perfect ranking is not better than its reverse.")
    lent = submission.lend(scores)
    value = submission[of](lent, WANTED, 3)
    for other in (np.exp(scores), 1e6 * scores - 1e7, np.arctan(scores)):
        assert_close(submission[of](other, WANTED, 3), value, name=f"{of} of scores in the same order")
    submission[of](lent, TEST, 3, EXCLUDE)
    assert_close(submission[of](lent, WANTED, 3), value, name=f"{of}, asked again after a call with excluded items")


STAYS = (
    "Only the order of scores counts, never their size, and a perfect ranking is better than its reverse. The scores stay as they "
    "are: work on a copy if you overwrite those of excluded items"
)


@criterion("recall_at_k: what must hold", points=1, tests=["recall_at_k"], hint=f"{STAYS}.")
def test_r5_recall_properties(submission, rng):
    assert_ranks(submission, rng, "recall_at_k")


@criterion("ndcg_at_k: what must hold", points=1, tests=["ndcg_at_k"], hint=f"{STAYS}, for ndcg_at_k as well.")
def test_r5_ndcg_properties(submission, rng):
    assert_ranks(submission, rng, "ndcg_at_k")


@criterion(
    "roc_auc: what must hold",
    points=2,
    tests=["roc_auc"],
    hint="A perfect ranking has an AUC of 1, and all rankings together have one half. Only the order of scores counts, never "
    "their size, and the opposite scores have one minus the AUC.",
)
def test_r5_properties(submission, rng):
    y, s = rng.permutation(np.repeat([0, 1], 8)), rng.permutation(16) / 2  # all different: ties are r5_auc's
    auc = float(assert_array(submission.roc_auc(y, s), (), name="roc_auc"))
    assert_close(submission.roc_auc(y, np.exp(s)), auc, name="roc_auc of scores in the same order")
    assert_close(submission.roc_auc(y, -s), 1 - auc, name="roc_auc of the opposite scores")
    assert_close(submission.roc_auc(y, y + s / 10 - 9), 1.0, name="roc_auc of a perfect ranking")
    orders = [np.array(order) for order in permutations([0.1, 0.2, 0.4, 0.8])]
    chance = [assert_array(submission.roc_auc(np.array([0, 1, 0, 1]), s), (), name="roc_auc") for s in orders]
    assert_close(np.mean(chance), 0.5, name="the mean of roc_auc over all 24 rankings of four examples")
