"""Ranking metrics"""

import numpy as np

from autograder.rubric import assert_close, criterion

#: Two users, five items; the rankings are 0 1 2 3 4 and 4 3 2 1 0.
SCORES = np.array([[0.9, 0.7, 0.5, 0.3, 0.1], [0.1, 0.3, 0.5, 0.7, 0.9]])


@criterion(
    "recall_at_k: two users by hand",
    points=1,
    tests=["recall_at_k"],
    hint="The first user finds one of two items, the second all of one: (1/2 + 1) / 2. Without item 0 the first user's list is 1, 2. Who "
    "wants nothing is not counted.",
)
def test_r5_example_recall(submission):
    assert_close(submission.recall_at_k(SCORES, [{1, 2}, {3}], 2), 0.75, name="recall_at_k")
    assert_close(submission.recall_at_k(SCORES, [{1, 2}, {3}], 2, [{0}, {0}]), 1.0, name="recall_at_k with item 0 excluded")
    assert_close(submission.recall_at_k(SCORES, [{1, 2}, set()], 2), 0.5, name="recall_at_k of one user with test items")


@criterion(
    "ndcg_at_k: two users by hand",
    points=1,
    tests=["ndcg_at_k"],
    hint="Rank 1 counts 1, rank 3 counts 1 / log2(4) = 1/2. The best that a single test item can reach is 1, for every k.",
)
def test_r5_example_ndcg(submission):
    assert_close(submission.ndcg_at_k(SCORES, [{0}, {2}], 3), 0.75, name="ndcg_at_k")
    assert_close(submission.ndcg_at_k(SCORES, [{2}, {4}], 1), 0.5, name="ndcg_at_k for k = 1")
    assert_close(submission.ndcg_at_k(SCORES, [{2}, set()], 3, [{0, 1}, set()]), 1.0, name="ndcg_at_k with items 0 and 1 excluded")


@criterion(
    "roc_auc: four examples by hand",
    points=1,
    tests=["roc_auc"],
    hint="Two positives meet two negatives: three of four pairs are in order, the last is a tie and counts one half.",
)
def test_r5_example_auc(submission):
    assert_close(submission.roc_auc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.8])), 0.875, name="roc_auc")
    assert_close(submission.roc_auc(np.array([0, 1, 0, 1]), np.zeros(4)), 0.5, name="roc_auc of equal scores")
