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


@mutant("M00-12a", loses=["i2_safe"])
class one_hot_in_float64:
    """The one-hot rows are float64."""

    import numpy as np

    def one_hot(y, num_classes):
        return np.eye(num_classes)[y]


@mutant("M00-12b", loses=["i2_values"])
class one_hot_as_wide_as_the_labels:
    """One-hot rows are as wide as the largest label, not as the number of classes."""

    import numpy as np

    def one_hot(y, num_classes):
        return np.eye(max(y, default=-1) + 1, dtype=np.float32)[y]
