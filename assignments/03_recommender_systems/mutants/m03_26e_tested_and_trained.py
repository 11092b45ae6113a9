"""M03-26e: the test rows are in the training part, too.

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
    train = np.arange(len(users))
    return train, test
