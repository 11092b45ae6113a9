"""Mistakes: One-hot and negative log-likelihood."""

from autograder.rubric import mutant


@mutant("M00-3a", loses=["i2_values", "i2_properties", "i2_example"])
class nll_summed:
    """The negative log-likelihood is summed over the batch, not averaged."""

    import numpy as np

    def nll(y_true, y_pred, eps=1e-12):
        return -np.sum(y_true * np.log(np.maximum(y_pred, eps)))


@mutant("M00-3b", loses=["i2_stability"])
class nll_without_eps:
    """The logarithm meets a probability of zero: the loss is infinite or NaN."""

    import numpy as np

    def nll(y_true, y_pred, eps=1e-12):
        with np.errstate(divide="ignore", invalid="ignore"):
            return -np.mean(np.sum(y_true * np.log(y_pred), axis=-1))


@mutant("M00-12a", loses=["i2_one_hot_safe"])
class one_hot_in_float64:
    """The one-hot rows are float64."""

    import numpy as np

    def one_hot(y, num_classes):
        return np.eye(num_classes)[y]


@mutant("M00-12b", loses=["i2_one_hot_values", "i2_one_hot_example"])
class one_hot_as_wide_as_the_labels:
    """One-hot rows are as wide as the largest label, not as the number of classes."""

    import numpy as np

    def one_hot(y, num_classes):
        return np.eye(max(y, default=-1) + 1, dtype=np.float32)[y]


@mutant("M00-3c", loses=["i2_values", "i2_properties", "i2_example"])
def nll(y_true, y_pred, eps=1e-12):
    """The mean is over all entries, not over the batch."""
    return -np.mean(y_true * np.log(np.maximum(y_pred, eps)))


@mutant("M00-3d", loses=["i2_values", "i2_properties", "i2_stability", "i2_example"])
def nll(y_true, y_pred, eps=1e-12):
    """The loss is zero, whatever it is given: no order and no size of a batch changes it."""
    return 0.0


@mutant("M00-3e", loses=["i2_stability"])
def nll(y_true, y_pred, eps=1e-12):
    """The caller's eps is not used."""
    return -np.mean(np.sum(y_true * np.log(np.maximum(y_pred, 1e-12)), axis=-1))


@mutant("M00-12c", loses=["i2_safe"])
def nll(y_true, y_pred, eps=1e-12):
    """The predictions are clipped in place."""
    np.clip(y_pred, eps, 1, out=y_pred)
    return -np.mean(np.sum(y_true * np.log(y_pred), axis=-1))


@mutant("M00-12d", loses=["i2_safe"])
def nll(y_true, y_pred, eps=1e-12):
    """The loss keeps an axis of length 1."""
    log_likelihood = np.sum(y_true * np.log(np.maximum(y_pred, eps)), axis=-1)
    return -np.mean(np.atleast_1d(log_likelihood), keepdims=True)


@mutant("M00-20f", loses=["i2_one_hot_values", "i2_one_hot_safe", "i2_one_hot_example"])
def one_hot(y, num_classes):
    """`one_hot` is as handed out, and the loss keeps its points: "harms nothing else"."""
    raise NotImplementedError("one_hot: not written yet")


@mutant("M00-3f", loses=["i2_values", "i2_properties", "i2_example"])
def nll(y_pred, y_true, eps=1e-12):
    """The arguments are swapped: wrong without zeros, and finite with them."""
    return -np.mean(np.sum(y_true * np.log(np.maximum(y_pred, eps)), axis=-1))


@mutant("M00-3g", loses=["i2_values", "i2_properties", "i2_example"])
def nll(y_true, y_pred, eps=1e-12):
    """The loss is in bits: wrong without zeros, and finite with them."""
    return -np.mean(np.sum(y_true * np.log2(np.maximum(y_pred, eps)), axis=-1))


@mutant("M00-3h", loses=["i2_values", "i2_example"])
def nll(y_true, y_pred, eps=1e-12):
    """A single example is refused: batches keep their points."""
    n, _ = y_true.shape
    return -np.sum(y_true * np.log(np.maximum(y_pred, eps))) / n
