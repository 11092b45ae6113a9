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


@accepted("a15_sigmoid_by_its_symmetry")
def sigmoid(z):
    """The recipe of the handout: "for the sigmoid, use sigma(-z) = 1 - sigma(z)"."""
    upper = 1 / (1 + np.exp(-np.abs(z)))
    return np.where(z < 0, 1 - upper, upper)


@accepted("a16_activations_by_loops")
class a16_activations_by_loops:
    """Python loops, one number and one line at a time; "other helper functions are welcome"."""

    def _one(score):
        if score < 0:
            weight = math.exp(score)
            return weight / (1 + weight)
        return 1 / (1 + math.exp(-score))

    def sigmoid(z):
        return np.array([_one(float(score)) for score in z.ravel()], dtype=z.dtype).reshape(z.shape)

    def _line(scores):
        top = max(scores)
        weights = [math.exp(float(score - top)) for score in scores]
        total = sum(weights)
        return [weight / total for weight in weights]

    def softmax(z, axis=-1):
        return np.apply_along_axis(_line, axis, z).astype(z.dtype)


@accepted("a17_activations_by_logaddexp")
class a17_activations_by_logaddexp:
    """Logarithms of sums by NumPy's own ufunc."""

    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))

    def softmax(z, axis=-1):
        return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))


@accepted("a18_softmax_of_a_matrix")
class a18_softmax_of_a_matrix:
    """The axis is moved to the end, all others flattened; the sigmoid is a softmax of two scores."""

    def softmax(z, axis=-1):
        moved = np.moveaxis(z, axis, -1)
        rows = moved.reshape(-1, moved.shape[-1]).copy()
        rows -= rows.max(1)[:, None]
        np.exp(rows, out=rows)
        rows *= (1 / np.einsum("ij->i", rows))[:, np.newaxis]
        return np.moveaxis(rows.reshape(moved.shape), -1, axis)

    def sigmoid(z):
        return softmax(np.stack([np.zeros_like(z), z]), axis=0)[1]


@accepted("a19_float32_inside")
class a19_float32_inside:
    """Everything is computed in float32 and comes back in the dtype of the scores."""

    def sigmoid(z):
        e = np.exp(-np.abs(z.astype(np.float32)))
        return np.where(z >= 0, 1 / (1 + e), e / (1 + e)).astype(z.dtype)

    def softmax(z, axis=-1):
        single = z.astype(np.float32)
        e = np.exp(single - single.max(axis, keepdims=True))
        return (e / e.sum(axis, keepdims=True)).astype(z.dtype)
