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
