"""Negative sampling"""

import numpy as np

from autograder.rubric import assert_array, check, criterion


@criterion(
    "sample_negatives: never a positive item",
    points=2,
    tests=["sample_negatives"],
    hint="Look every item up among the positives of ITS user, positives[u] for u in users, and return as many items as there are "
    "users in the batch.",
)
def test_r4_example(submission):
    positives, users = [{0, 1, 2}, {4}, {0, 1, 3, 4}], np.repeat([2, 0, 1], 40)
    answer = submission.sample_negatives(positives, users, 5, submission.rng(1))
    items = assert_array(answer, (120,), name="items", axes="B")
    for user, left in enumerate(({3, 4}, {0, 1, 2, 3}, {2})):
        found = set(items[users == user].tolist())
        # One of four is missing among 40 draws once in 25,000 times; the seed is always the same.
        check(found == left, f"the items of user {user} are {sorted(found)}, expected {sorted(left)}, all of them in 40 draws.")
