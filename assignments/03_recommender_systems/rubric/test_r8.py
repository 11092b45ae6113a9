"""An honest split"""

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, check, criterion, unpack

#: Users and times of short logs; ids need not be small. In order of time and everybody several times; then one thing more in each.
LOGS = {
    "in order of time": [([0, 1, 0, 1, 0], [1.0, 2.0, 5.0, 7.0, 9.0]), ([4, 4, 4], [-3.0, -2.0, 8.0])],
    "in any order": [([0, 1, 0, 1, 0], [5.0, 2.0, 9.0, 1.0, 7.0]), ([900, -7, 900, -7], [-1.0, -5.0, -3.0, -2.0])],
    "equal times": [([0, 0, 1, 1, 0], [1.0, 3.0, 3.0, 3.0, 3.0]), ([4, 4, 4, 4], [1.0, 2.0, 8.0, 8.0])],
    "single interactions": [([2, 0, 2, 1, 2], [4.0, 5.0, 6.0, 8.0, 9.0]), ([3, 1, 2], [1.0, 2.0, 3.0])],
    "all of these": [([0, 0, 0, 1, 1, 5], [3.0, 3.0, 1.0, 2.0, 2.0, 0.0]), ([4, 4, 4, 4], [2.0, 8.0, 8.0, 1.0])],
}


def draw(rng, n):
    """Return a log of few users in random order, with equal times."""
    return rng.integers(20, size=n), rng.integers(50, size=n), rng.integers(40, size=n) / 4


def draw_several(rng, n, times):
    """Return a log in which nobody occurs only once."""
    users = np.append(np.repeat(np.arange(10), 2), rng.integers(10, size=n - 20))
    return rng.permutation(users), rng.integers(50, size=n), times


def logs_of(rng, case):
    """Return logs of a case: short ones, and longer ones."""
    short = [(np.array(users), rng.integers(9, size=len(users)), np.array(times)) for users, times in LOGS[case]]
    clock = np.arange(60) + 0.5
    if case == "in order of time":
        drawn = [draw_several(rng, 60, clock)]
    elif case == "in any order":
        drawn = [draw_several(rng, 60, rng.permutation(clock))]
    elif case == "equal times":
        drawn = [draw_several(rng, 60, np.floor(clock / 6))]
    elif case == "single interactions":
        drawn = [(rng.integers(40, size=60), rng.integers(50, size=60), clock), (np.array([3]), np.array([1]), np.array([2.0]))]
    else:
        drawn = [draw(rng, 60), draw(rng, 200)]
    return short + drawn


def split(submission, users, items, times, tested):
    """Return row numbers of both parts in ascending order, of which so many are tested."""
    train, test = unpack(submission.leave_last_out(users, items, times), "train_idx test_idx", of="leave_last_out")
    parts = []
    for part, length, name in ((train, len(users) - tested, "train_idx"), (test, tested, "test_idx")):
        rows = np.sort(assert_array(part, (length,), name=name))
        check(bool(np.all(rows == np.floor(rows))), f"{name}: not all are whole numbers.", "dtype")
        parts.append(rows.astype(np.int64))
    return parts


@pytest.mark.parametrize("case", list(LOGS))
@criterion(
    "leave_last_out: which rows are for testing",
    points=3,
    tests=["leave_last_out"],
    hint="A fifth each for logs in the order of time, in any order, with equal times, with users of one interaction, and for all of these. "
    "The last interaction is that of the largest TIME, wherever it stands in the log; of equal times the one that stands last. A user "
    "with one interaction is not tested.",
)
def test_r8_values(submission, reference, rng, case):
    for users, items, times in logs_of(rng, case):
        due_train, due_test = reference.leave_last_out(users, items, times)
        train, test = split(submission, users, items, times, len(due_test))
        assert_close(test, np.sort(due_test), name=f"test_idx in ascending order, of {len(users)} interactions")
        assert_close(train, np.sort(due_train), name=f"train_idx in ascending order, of {len(users)} interactions")


@pytest.mark.parametrize("part", ["each row once", "the future", "another order"])
@criterion(
    "leave_last_out: nothing twice, nothing lost, nothing from the future",
    points=3,
    tests=["leave_last_out"],
    hint="A third each: every row is in exactly one of the parts, and each user has one test row; no training row of a user is later than "
    "the test row of the same user, as with a random split; and a log in another order is split in the same way.",
)
def test_r8_properties(submission, rng, part):
    # Nobody occurs only once: what becomes of such a user is r8_values'.
    for n in (30, 150):
        users, items, times = draw_several(rng, n, rng.integers(40, size=n) / 4)
        if part == "another order":
            order = rng.permutation(n)
            clock = np.arange(n) + 0.5  # times are all different
            _, test = split(submission, users, items, clock, 10)
            _, shuffled = split(submission, users[order], items[order], clock[order], 10)
            check(np.array_equal(np.sort(order[shuffled]), test), "a log in another order is split in another way.")
            continue
        train, test = split(submission, users, items, times, 10)
        if part == "each row once":
            rows = np.sort(np.concatenate([train, test]))
            check(np.array_equal(rows, np.arange(n)), f"train_idx and test_idx together are not each of the {n} rows once.")
            check(np.array_equal(np.sort(users[test]), np.arange(10)), "test_idx does not have one row of each user.")
            continue
        future = [row for row in test if np.any(times[train[users[train] == users[row]]] > times[row])]
        told = f"user {users[future[0]]} is tested at time {times[future[0]]}, and trained with what came later." if future else ""
        check(not future, told or "nothing is trained on the future.")
