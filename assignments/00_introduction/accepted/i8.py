"""Other right answers: How much data does it need?."""

from autograder.rubric import accepted


@accepted("a14_curve_by_repeats")
class a14_curve_by_repeats:
    """Repeats outside, sizes inside; an old RandomState; subsets of one permutation are nested."""

    import numpy as np

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        random = np.random.RandomState(seed)
        indices = np.arange(len(y))
        random.shuffle(indices)
        held_out, rest = indices[-(len(y) // 4) :], indices[: -(len(y) // 4)]
        scores = {size: [] for size in sizes}
        for _ in range(n_repeats):
            shuffled = random.permutation(rest)
            for size in sizes:
                chosen = shuffled[:size]
                answer = np.array(fit_predict(X[chosen], y[chosen], X[held_out]))
                scores[size].append((answer == y[held_out]).sum() / len(held_out))
        table = [scores[size] for size in sizes]
        return {"std": np.std(table, axis=1), "mean": np.mean(table, axis=1)}


@accepted("a40_curve_of_lists")
class a40_curve_of_lists:
    """Plain lists throughout: rows, labels, mean and std; the standard library draws.

    "Where an array is due, a list of numbers will do".
    """

    import random
    import statistics

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        draw = random.Random(seed)
        rows = list(range(len(X)))
        held_out = draw.sample(rows, len(X) // 4)
        pool = [row for row in rows if row not in held_out]
        means, stds = [], []
        for size in sizes:
            scores = []
            for _ in range(n_repeats):
                chosen = draw.sample(pool, size)
                answer = fit_predict([X[i] for i in chosen], [y[i] for i in chosen], [X[i] for i in held_out])
                hits = sum(int(guess == y[i]) for guess, i in zip(answer, held_out))
                scores.append(hits / len(held_out))
            means.append(statistics.fmean(scores))
            stds.append(statistics.pstdev(scores))
        return {"mean": means, "std": stds}


@accepted("a41_curve_by_the_global_generator")
class a41_curve_by_the_global_generator:
    """NumPy's global generator, seeded; boolean masks; columns for results; float32."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        np.random.seed(seed)
        is_test = np.zeros(len(X), dtype=bool)
        is_test[np.random.choice(len(X), len(X) // 4, replace=False)] = True
        X_pool, y_pool, X_test, y_test = X[~is_test], y[~is_test], X[is_test], y[is_test]
        results = np.zeros((n_repeats, len(sizes)), dtype=np.float32)
        for r in range(n_repeats):
            for s in range(len(sizes)):
                order = np.random.permutation(len(X_pool))[: sizes[s]]
                results[r, s] = (fit_predict(X_pool[order], y_pool[order], X_test) == y_test).mean()
        mean = results.mean(axis=0, keepdims=True)
        spread = np.sqrt(((results - mean) ** 2).mean(axis=0, keepdims=True))
        return {"mean": mean, "std": spread, "raw": results}


@accepted("a42_curve_by_spawned_seeds")
class a42_curve_by_spawned_seeds:
    """A generator per repeat, spawned from the seed; arguments by name."""

    def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
        root = np.random.SeedSequence(seed)
        first, *others = root.spawn(1 + len(sizes) * n_repeats)
        split = np.random.default_rng(first).permutation(len(y))
        cut = len(y) - len(y) // 4
        rest, test = split[:cut], split[cut:]
        curve = {"mean": np.empty(len(sizes)), "std": np.empty(len(sizes))}
        for place, size in enumerate(sizes):
            scores = []
            for _ in range(n_repeats):
                rows = rest.copy()
                np.random.default_rng(others.pop()).shuffle(rows)
                rows = np.sort(rows[:size])
                predicted = fit_predict(X_train=X[rows], y_train=y[rows], X_test=X[test])
                scores.append(1 - np.count_nonzero(np.asarray(predicted) != y[test]) / test.size)
            curve["mean"][place], curve["std"][place] = np.average(scores), np.var(scores) ** 0.5
        return curve
