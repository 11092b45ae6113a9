"""M00-10a Training sets are drawn from all rows, the held-out ones included.

file: intro.py
loses: i8_protocol
"""

import numpy as np


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    rng = np.random.default_rng(seed)
    test = rng.permutation(len(X))[: len(X) // 4]
    accuracy = np.empty((len(sizes), n_repeats))
    for s, size in enumerate(sizes):
        for r in range(n_repeats):
            train = rng.choice(len(X), size, replace=False)
            accuracy[s, r] = np.mean(fit_predict(X[train], y[train], X[test]) == y[test])
    return {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}
