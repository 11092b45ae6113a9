"""Other right answers: Stable activations."""

from autograder.rubric import accepted


@accepted("a01_activations_by_tanh")
class a01_activations_by_tanh:
    """The sigmoid as a shifted tanh, softmax through the logarithm of the sum; both print."""

    import numpy as np

    def sigmoid(z):
        print("sigmoid of", z.shape)
        return 0.5 * (1 + np.tanh(0.5 * z))

    def softmax(z, axis=-1):
        print("softmax of", z.shape, "along", axis)
        top = np.max(z, axis=axis, keepdims=True)
        log_sum = top + np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True))
        return np.exp(z - log_sum)


@accepted("a02_activations_in_float32")
class a02_activations_in_float32:
    """Activations by boolean masks, in single precision throughout."""

    import numpy as np

    def sigmoid(scores):
        scores = scores.astype("float32")
        out = np.empty_like(scores)
        positive = scores >= 0
        out[positive] = 1 / (1 + np.exp(-scores[positive]))
        e = np.exp(scores[~positive])
        out[~positive] = e / (1 + e)
        return out

    def softmax(scores, ax=-1):
        scores = scores.astype("float32")
        e = np.exp(scores - scores.max(ax, keepdims=True))
        e /= e.sum(ax, keepdims=True)
        return e


@accepted("a03_activations_by_clipping")
class a03_activations_by_clipping:
    """The sigmoid clips its scores; its input stays as it is."""

    import numpy as np

    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-np.clip(z, -80, 80)))
