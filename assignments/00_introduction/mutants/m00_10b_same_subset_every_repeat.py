"""M00-10b Every repeat trains on the same rows.

file: intro.py
loses: i8_protocol
"""

import numpy as np


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    test, pool = order[: len(X) // 4], order[len(X) // 4 :]
    accuracy = np.empty((len(sizes), n_repeats))
    for s, size in enumerate(sizes):
        for r in range(n_repeats):
            train = pool[:size]
            accuracy[s, r] = np.mean(fit_predict(X[train], y[train], X[test]) == y[test])
    return {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}
