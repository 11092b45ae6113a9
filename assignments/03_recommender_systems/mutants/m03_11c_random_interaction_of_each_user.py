"""M03-11c: one interaction of every user, but a random one.

file: recsys.py
loses: r8_example, r8_values, r8_properties
"""


def leave_last_out(users, items, times):
    test = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if len(rows) > 1:
            test.append(np.random.default_rng(0).choice(rows))
    test = np.array(test, dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test
