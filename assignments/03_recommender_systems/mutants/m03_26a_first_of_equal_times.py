"""M03-26a: of equal times the first is taken, as by argmax.

file: recsys.py
loses: r8_values
"""


def leave_last_out(users, items, times):
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.argmax(times[rows])])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test
