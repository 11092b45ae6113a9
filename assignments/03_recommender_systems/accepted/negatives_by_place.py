"""Accepted: one uniform number says at which place of the remaining items; the answer is a list.

file: recsys.py
loses:
"""


def sample_negatives(positives, users, n_items, rng):
    left = [[i for i in range(n_items) if i not in chosen] for chosen in positives]
    return [left[u][int(rng.random() * len(left[u]))] for u in users]
