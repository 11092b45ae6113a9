"""Mistakes: An honest split."""

from autograder.rubric import mutant


@mutant("M03-11a", loses=["r8_example", "r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """A random fifth is for testing."""
    order = np.random.default_rng(0).permutation(len(users))
    return order[len(users) // 5 :], order[: len(users) // 5]


@mutant("M03-11b", loses=["r8_example", "r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """The last of a user is the one that stands last in the log."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[-1])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test


@mutant("M03-11c", loses=["r8_example", "r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """One interaction of every user, but a random one."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(np.random.default_rng(0).choice(rows))
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test


@mutant("M03-26a", loses=["r8_values"])
def leave_last_out(users, items, times):
    """Of equal times the first is taken, as by argmax."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.argmax(times[rows])])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test


@mutant("M03-26b", loses=["r8_example", "r8_values"])
def leave_last_out(users, items, times):
    """users with a single interaction are tested as well."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 0:
            test.append(rows[np.lexsort((rows, times[rows]))[-1]])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test


@mutant("M03-26c", loses=["r8_example", "r8_values"])
def leave_last_out(users, items, times):
    """users with a single interaction are in neither part."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.lexsort((rows, times[rows]))[-1]])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    train = np.array([row for row in train if np.sum(users == users[row]) > 1], dtype=int)
    return train, test


@mutant("M03-26d", loses=["r8_example", "r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """The first interaction of every user is for testing."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.argmin(times[rows])])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test


@mutant("M03-26e", loses=["r8_example", "r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """The test rows are in the training part, too."""
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.lexsort((rows, times[rows]))[-1]])
    test = np.array(test, dtype=int)
    train = np.arange(len(users))
    return train, test


@mutant("M03-26f", loses=["r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """The last fifth of the whole log by time, whoever it is."""
    order = np.argsort(times, kind="stable")
    cut = len(users) - max(1, len(users) // 5)
    return order[:cut], order[cut:]


@mutant("M03-26g", loses=["r8_example", "r8_values", "r8_properties"])
class rows_in_the_order_of_time:
    """The row numbers are those of the log after it was sorted by time."""

    _in_order = leave_last_out

    def leave_last_out(users, items, times):
        order = np.argsort(times, kind="stable")
        return _in_order(users[order], items[order], times[order])


@mutant("M03-26h", loses=["r8_values", "r8_properties"])
def leave_last_out(users, items, times):
    """All interactions at a user's last time are for testing."""
    last = np.array([times[i] == times[users == users[i]].max() and np.sum(users == users[i]) > 1 for i in range(len(users))])
    return np.flatnonzero(~last), np.flatnonzero(last)
