"""Mistakes: How much data does it need?"""

from autograder.rubric import mutant


@mutant("M00-10a", loses=["i8_protocol"])
class test_rows_in_training:
    """Training sets are drawn from all rows, the held-out ones included."""

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


@mutant("M00-10b", loses=["i8_protocol"])
class same_subset_every_repeat:
    """Every repeat trains on the same rows."""

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


@mutant("M00-18a", loses=["i8_values"])
class standard_deviation_with_ddof_1:
    """The standard deviation is divided by R - 1."""

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


@mutant("M00-18b", loses=["i8_properties"])
class seed_ignored:
    """The splits do not depend on the seed."""

    _first_learning_curve = learning_curve

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        return _first_learning_curve(fit_predict, X, y, sizes, n_repeats, 0)


@mutant("M00-18c", loses=["i8_values", "i8_properties", "i8_example"])
class accuracy_in_percent:
    """Mean and standard deviation are in percent."""

    _first_learning_curve = learning_curve

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        curve = _first_learning_curve(fit_predict, X, y, sizes, n_repeats, seed)
        return {key: 100 * values for key, values in curve.items()}


@mutant("M00-10c", loses=["i8_properties"])
class test_rows_not_drawn:
    """The test rows are the first quarter: "chosen at random once" is not done."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        rng = np.random.default_rng(seed)
        test, pool = np.split(np.arange(len(X)), [len(X) // 4])
        accuracy = np.empty((len(sizes), n_repeats))
        for s, size in enumerate(sizes):
            for r in range(n_repeats):
                train = rng.choice(pool, size, replace=False)
                accuracy[s, r] = np.mean(fit_predict(X[train], y[train], X[test]) == y[test])
        return {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}


@mutant("M00-10d", loses=["i8_protocol"])
class test_rows_drawn_each_time:
    """Each repeat holds out other rows: "every training set is measured on the same test set"."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        rng = np.random.default_rng(seed)
        accuracy = np.empty((len(sizes), n_repeats))
        for s, size in enumerate(sizes):
            for r in range(n_repeats):
                order = rng.permutation(len(X))
                test, train = order[: len(X) // 4], order[len(X) // 4 :][:size]
                accuracy[s, r] = np.mean(fit_predict(X[train], y[train], X[test]) == y[test])
        return {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}


@mutant("M00-10e", loses=["i8_protocol"])
class drawn_with_replacement:
    """Training rows are drawn with replacement."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        rng = np.random.default_rng(seed)
        test, pool = np.split(rng.permutation(len(X)), [len(X) // 4])
        accuracy = np.empty((len(sizes), n_repeats))
        for s, size in enumerate(sizes):
            for r in range(n_repeats):
                train = rng.choice(pool, size)
                accuracy[s, r] = np.mean(fit_predict(X[train], y[train], X[test]) == y[test])
        return {"mean": accuracy.mean(axis=1), "std": accuracy.std(axis=1)}


@mutant("M00-10f", loses=["i8_protocol", "i8_example"])
class one_repeat_of_many:
    """Each size is trained once, whatever n_repeats is: half of the protocol, and no spread."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        rng = np.random.default_rng(seed)
        test, pool = np.split(rng.permutation(len(X)), [len(X) // 4])
        mean = []
        for size in sizes:
            train = rng.choice(pool, size, replace=False)
            mean.append(np.mean(fit_predict(X[train], y[train], X[test]) == y[test]))
        return {"mean": np.array(mean), "std": np.zeros(len(sizes))}
