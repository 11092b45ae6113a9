"""M03-26f: the last fifth of the whole log by time, whoever it is.

file: recsys.py
loses: r8_values, r8_properties
"""


def leave_last_out(users, items, times):
    order = np.argsort(times, kind="stable")
    cut = len(users) - max(1, len(users) // 5)
    return order[:cut], order[cut:]
