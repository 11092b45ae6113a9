"""M00-18a The standard deviation is divided by R - 1.

file: intro.py
loses: i8_values
"""

import numpy as np


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    rng = np.random.default_rng(seed)
    test, pool = np.split(rng.permutation(len(X)), [len(X) // 4])
    mean, std = [], []
    for size in sizes:
        accuracy = []
        for _ in range(n_repeats):
            train = rng.choice(pool, size, replace=False)
            accuracy.append(np.mean(fit_predict(X[train], y[train], X[test]) == y[test]))
        mean.append(np.mean(accuracy))
        std.append(np.std(accuracy, ddof=1))
    return {"mean": np.array(mean), "std": np.array(std)}
