"""M03-11b: the last of a user is the one that stands last in the log.

file: recsys.py
loses: r8_example, r8_values, r8_properties
"""


def leave_last_out(users, items, times):
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(rows[-1])
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test
