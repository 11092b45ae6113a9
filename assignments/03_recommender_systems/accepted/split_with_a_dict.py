"""Accepted: a dict of the last row of every user; the answers are lists of row numbers in another order.

file: recsys.py
loses:
"""


def leave_last_out(users, items, times):
    rows = {}
    for row in sorted(range(len(users)), key=lambda row: times[row]):
        rows.setdefault(int(users[row]), []).append(row)
    test = [own.pop() for own in rows.values() if len(own) > 1]
    train = [row for own in rows.values() for row in own]
    return train, test
