"""An honest split"""

import numpy as np

from autograder.rubric import assert_array, assert_close, check, criterion, unpack

#: users and times: unsorted; equal times; users who occur once; nobody twice; one user only; ids far from 0.
LOGS = (
    ([0, 1, 0, 1, 0], [5.0, 2.0, 9.0, 1.0, 7.0]),
    ([0, 0, 0, 1, 1], [3.0, 3.0, 1.0, 2.0, 2.0]),
    ([2, 0, 2, 1, 2], [4.0, 8.0, 6.0, 9.0, 5.0]),
    ([3, 1, 2], [1.0, 2.0, 3.0]),
    ([4, 4, 4, 4], [2.0, 8.0, 8.0, 1.0]),
    ([900, -7, 900, -7, 12], [-1.0, -5.0, -3.0, -2.0, -4.0]),
)


def draw(rng, n):
    """Return a log of few users in random order, with equal times."""
    return rng.integers(20, size=n), rng.integers(50, size=n), rng.integers(40, size=n) / 4


def split(submission, users, items, times, tested):
    """Return row numbers of both parts in ascending order, of which so many are tested."""
    train, test = unpack(submission.leave_last_out(users, items, times), "train_idx test_idx", of="leave_last_out")
    parts = []
    for part, length, name in ((train, len(users) - tested, "train_idx"), (test, tested, "test_idx")):
        rows = np.sort(assert_array(part, (length,), name=name))
        check(bool(np.all(rows == np.floor(rows))), f"{name}: not all are whole numbers.", "dtype")
        parts.append(rows.astype(np.int64))
    return parts


@criterion(
    "leave_last_out: which rows are for testing",
    points=3,
    tests=["leave_last_out"],
    hint="The last interaction is that of the largest TIME, wherever it stands in the log; of equal times the one that stands last. A user "
    "with one interaction is not tested.",
)
def test_r8_values(submission, reference, rng):
    logs = [(np.array(users), rng.integers(9, size=len(users)), np.array(times)) for users, times in LOGS]
    for users, items, times in [*logs, draw(rng, 1), draw(rng, 60), draw(rng, 200)]:
        due_train, due_test = reference.leave_last_out(users, items, times)
        train, test = split(submission, users, items, times, len(due_test))
        assert_close(test, np.sort(due_test), name=f"test_idx in ascending order, of {len(users)} interactions")
        assert_close(train, np.sort(due_train), name=f"train_idx in ascending order, of {len(users)} interactions")


@criterion(
    "leave_last_out: nothing twice, nothing lost, nothing from the future",
    points=3,
    tests=["leave_last_out"],
    hint="Every row is in exactly one of the parts, and no training row of a user is later than the test row of the same user: a random "
    "split is not honest.",
)
def test_r8_properties(submission, rng):
    for n in (30, 150):
        users, items, times = draw(rng, n)
        several = [user for user in np.unique(users) if np.sum(users == user) > 1]
        train, test = split(submission, users, items, times, len(several))
        rows = np.sort(np.concatenate([train, test]))
        check(np.array_equal(rows, np.arange(n)), f"train_idx and test_idx together are not each of the {n} rows once.")
        check(np.array_equal(np.sort(users[test]), several), "test_idx does not have one row of each user with two interactions or more.")
        future = [row for row in test if np.any(times[train[users[train] == users[row]]] > times[row])]
        told = f"user {users[future[0]]} is tested at time {times[future[0]]}, and trained with what came later." if future else ""
        check(not future, told or "nothing is trained on the future.")
        order = rng.permutation(n)  # a log in another order, times all different
        clock = np.arange(n) + 0.5
        _, test = split(submission, users, items, clock, len(several))
        _, shuffled = split(submission, users[order], items[order], clock[order], len(several))
        check(np.array_equal(np.sort(order[shuffled]), test), "a log in another order is split in another way.")
