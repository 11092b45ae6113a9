"""Other right answers: One-hot and negative log-likelihood."""

from autograder.rubric import accepted


@accepted("a04_nll_with_eps_added")
class a04_nll_with_eps_added:
    """The logarithm is kept finite by adding eps; labels written by a loop."""

    import numpy as np

    def one_hot(y, num_classes):
        rows = np.zeros((len(y), num_classes), dtype="float32")
        for i in range(len(y)):
            rows[i, y[i]] = 1
        return rows

    def nll(Y_true, Y_pred, EPSILON=1e-12):
        Y_true, Y_pred = np.atleast_2d(Y_true), np.atleast_2d(Y_pred)
        return float(-np.mean(np.sum(np.log(Y_pred + EPSILON) * Y_true, axis=1)))


@accepted("a05_nll_by_indexing")
class a05_nll_by_indexing:
    """The true class by argmax, clipped on both sides, as a 0-d array."""

    import numpy as np

    def one_hot(y, num_classes):
        return (np.arange(num_classes) == np.asarray(y)[:, None]).astype(np.float32)

    def nll(y_true, y_pred, eps=1e-12):
        y_true, y_pred = np.array(y_true, ndmin=2), np.clip(np.array(y_pred, ndmin=2), eps, 1 - eps)
        picked = y_pred[np.arange(len(y_pred)), y_true.argmax(axis=1)]
        return np.asarray(-np.log(picked).mean())
