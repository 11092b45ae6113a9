"""Other right answers: An honest split."""

from autograder.rubric import accepted


@accepted("split_with_a_dict")
def leave_last_out(users, items, times):
    """A dict of the last row of every user; the answers are lists of row numbers in another order."""
    rows = {}
    for row in sorted(range(len(users)), key=lambda row: times[row]):
        rows.setdefault(int(users[row]), []).append(row)
    test = [own.pop() for own in rows.values() if len(own) > 1]
    train = [row for own in rows.values() for row in own]
    return train, test


@accepted("split_with_masks")
def leave_last_out(users, items, times):
    """One user after the other, from the back of the log."""
    backwards = np.arange(len(users))[::-1]
    is_test = np.zeros(len(users), dtype=bool)
    for user in set(users.tolist()):
        own = backwards[users[backwards] == user]
        if own.size >= 2:
            is_test[own[np.argmax(times[own])]] = True
    return np.where(~is_test)[0], np.where(is_test)[0]


@accepted("split_by_where")
def leave_last_out(users, items, times):
    """np.where gives a tuple of one array, and that is handed on as it is."""
    is_test = np.zeros(len(users), dtype=bool)
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            latest = rows[times[rows] == times[rows].max()]
            is_test[latest[-1]] = True
    return np.where(~is_test), np.where(is_test)
