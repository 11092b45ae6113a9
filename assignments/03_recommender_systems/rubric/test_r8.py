"""An honest split"""

import numpy as np

from autograder.rubric import assert_close, check, criterion, unpack

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


def integers_of(answer, name):
    """Return a vector of integers that came as an array, a list or a tuple."""
    is_list = isinstance(answer, (list, tuple)) and all(isinstance(one, (int, np.integer)) for one in answer)
    array = np.array(answer, dtype=np.int64) if is_list else answer
    is_right = isinstance(array, np.ndarray) and array.ndim == 1 and (array.dtype.kind in "iu" or array.size == 0)
    check(is_right, f"{name}: expected a vector of integers.", "type")
    return array.astype(np.int64)


def split(submission, users, items, times):
    """Return row numbers of both parts in ascending order."""
    train, test = unpack(submission.leave_last_out(users, items, times), "train_idx test_idx", of="leave_last_out")
    return np.sort(integers_of(train, "train_idx")), np.sort(integers_of(test, "test_idx"))


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
        train, test = split(submission, users, items, times)
        due_train, due_test = reference.leave_last_out(users, items, times)
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
        train, test = split(submission, users, items, times)
        rows = np.sort(np.concatenate([train, test]))
        check(np.array_equal(rows, np.arange(n)), f"train_idx and test_idx together are not each of the {n} rows once.")
        tested, counts = np.unique(users[test], return_counts=True)
        several = [user for user in np.unique(users) if np.sum(users == user) > 1]
        check(bool(np.all(counts == 1)), "test_idx has several rows of the same user.")
        check(np.array_equal(tested, several), "test_idx does not have a row of each user with two interactions or more.")
        for row in test:
            own = train[users[train] == users[row]]
            late = own[times[own] > times[row]]
            check(late.size == 0, f"user {users[row]} is tested at time {times[row]}, and trained with what came later.")
        order = rng.permutation(n)  # a log in another order, times all different
        clock = np.arange(n) + 0.5
        _, test = split(submission, users, items, clock)
        _, shuffled = split(submission, users[order], items[order], clock[order])
        check(np.array_equal(np.sort(order[shuffled]), test), "a log in another order is split in another way.")
