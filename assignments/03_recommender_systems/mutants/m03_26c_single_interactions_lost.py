"""M03-26c: users with a single interaction are in neither part.

file: recsys.py
loses: r8_example, r8_values, r8_properties
"""


def leave_last_out(users, items, times):
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[np.lexsort((rows, times[rows]))[-1]])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    train = np.array([row for row in train if np.sum(users == users[row]) > 1], dtype=int)
    return train, test
