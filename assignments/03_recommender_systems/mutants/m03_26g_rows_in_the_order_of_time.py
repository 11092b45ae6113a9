"""M03-26g: the row numbers are those of the log after it was sorted by time.

file: recsys.py
loses: r8_example, r8_values, r8_properties
"""


_in_order = leave_last_out


def leave_last_out(users, items, times):
    order = np.argsort(times, kind="stable")
    return _in_order(users[order], items[order], times[order])
