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


@accepted("a20_nll_by_loops")
class a20_nll_by_loops:
    """The formula as a double loop over plain floats, "clipping" included; rows as nested lists."""

    def one_hot(y, num_classes):
        return np.array([[1.0 if c == label else 0.0 for c in range(num_classes)] for label in y], dtype="f4")

    def nll(y_true, y_pred, eps=1e-12):
        if len(np.shape(y_true)) == 1:
            y_true, y_pred = [y_true], [y_pred]
        total = 0.0
        for labels, p in zip(y_true, y_pred):
            for c in range(len(labels)):
                total += float(labels[c]) * math.log(max(float(p[c]), eps))
        return -total / len(y_true)


@accepted("a21_nll_by_mask")
class a21_nll_by_mask:
    """The true class by a mask; the sum by a dot product; one-hot rows by indices."""

    def one_hot(y, num_classes):
        rows = np.zeros((y.shape[0], num_classes), np.float32)
        np.put_along_axis(rows, y[:, None].astype(int), 1.0, axis=1)
        return rows

    def nll(y_true, y_pred, eps=1e-12):
        n = 1 if y_true.ndim == 1 else y_true.shape[0]
        logs = np.log(np.clip(y_pred, a_min=eps, a_max=None))
        return -np.vdot(y_true, logs) / n


@accepted("a22_nll_by_einsum_in_float32")
class a22_nll_by_einsum_in_float32:
    """Everything in float32, "clipped" from both sides by the eps that was given, or nearly so."""

    def one_hot(y, num_classes):
        return np.identity(num_classes, dtype=np.float32)[np.asarray(y, dtype=np.intp)]

    def nll(y_true, y_pred, eps=1e-12):
        p = np.clip(np.asarray(y_pred, np.float32), np.float32(eps), np.float32(1 - eps))
        losses = -np.einsum("...c,...c->...", np.asarray(y_true, np.float32), np.log(p))
        return losses.mean()


@accepted("a23_nll_by_recursion")
def nll(y_true, y_pred, eps=1e-12):
    """A batch is the mean of its examples; the logarithm is taken where the label is 1 alone."""
    if np.ndim(y_pred) > 1:
        return sum(nll(labels, p, eps) for labels, p in zip(y_true, y_pred)) / len(y_pred)
    return -np.log(y_pred[np.flatnonzero(y_true)[0]] + eps)
