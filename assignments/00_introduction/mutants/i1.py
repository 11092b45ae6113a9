"""Mistakes: Stable activations."""

from autograder.rubric import mutant


@mutant("M00-1", loses=["i1_stability"])
class softmax_without_max:
    """Softmax does not subtract the maximum, so it overflows."""

    import numpy as np

    def softmax(z, axis=-1):
        weights = np.exp(z)
        return weights / weights.sum(axis=axis, keepdims=True)


@mutant("M00-2a", loses=["i1_values", "i1_properties", "i1_example"])
class softmax_over_axis_0:
    """Softmax runs over axis 0 whatever was asked for."""

    import numpy as np

    def softmax(z, axis=-1):
        weights = np.exp(z - z.max(axis=0))
        return weights / weights.sum(axis=0)


@mutant("M00-2b", loses=["i1_values", "i1_properties", "i1_example"])
class softmax_over_the_whole_array:
    """Softmax runs over the whole array."""

    import numpy as np

    def softmax(z, axis=-1):
        weights = np.exp(z - z.max())
        return weights / weights.sum()


@mutant("M00-11", loses=["i1_safe", "i1_sigmoid_safe"])
class sigmoid_in_place:
    """Both activations work in place and change their input."""

    import numpy as np

    def sigmoid(z):
        np.clip(z, -709, 709, out=z)
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        np.reciprocal(z, out=z)
        return z

    def softmax(z, axis=-1):
        z -= z.max(axis=axis, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=axis, keepdims=True)
        return z


@mutant("M00-11b", loses=["i1_safe", "i1_sigmoid_safe"])
class activations_in_float64:
    """Scores of float32 are answered in float64: "if you are fed float32, answer in float32"."""

    import numpy as np

    _sigmoid, _softmax = sigmoid, softmax

    def sigmoid(z):
        return _sigmoid(np.asarray(z, dtype=np.float64))

    def softmax(z, axis=-1):
        return _softmax(np.asarray(z, dtype=np.float64), axis)


@mutant("M00-1b", loses=["i1_sigmoid_stability"])
def sigmoid(z):
    """Both branches of np.where are computed, and one of them overflows: "thrown away or not"."""
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@mutant("M00-1c", loses=["i1_stability"])
def softmax(z, axis=-1):
    """The largest score of the whole array is subtracted: another row can vanish."""
    weights = np.exp(z - np.max(z))
    return weights / weights.sum(axis=axis, keepdims=True)


@mutant("M00-2c", loses=["i1_sigmoid_values", "i1_sigmoid_properties", "i1_sigmoid_example"])
def sigmoid(z):
    """The sigmoid is that of -z."""
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, decay / (1 + decay), 1 / (1 + decay))


@mutant("M00-2d", loses=["i1_values", "i1_properties", "i1_stability", "i1_example"])
def softmax(z, axis=-1):
    """Uniform probabilities: they sum to one and no constant changes them."""
    return np.full(z.shape, 1 / z.shape[axis], z.dtype)


@mutant("M00-20e", loses=["i1_values", "i1_properties", "i1_stability", "i1_safe", "i1_example"])
def softmax(z, axis=-1):
    """`softmax` is as handed out, and the sigmoid keeps its half: "harms nothing else"."""
    raise NotImplementedError("softmax: not written yet")


@mutant("M00-2f", loses=["i1_sigmoid_values", "i1_sigmoid_example"])
def sigmoid(z):
    """The sigmoid is that of 2z: wrong for small scores, and finite for large ones."""
    return 0.5 * (1 + np.tanh(z))


@mutant("M00-2g", loses=["i1_values", "i1_properties", "i1_example"])
def softmax(z, axis=-1):
    """A constant is added to the sum: wrong for small scores, and finite for large ones."""
    weights = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return weights / (np.sum(weights, axis=axis, keepdims=True) + z.dtype.type(0.01))


@mutant("M00-1d", loses=["i1_stability"])
def softmax(z, axis=-1):
    """Scores are clipped in the place of subtracting the largest: those above 300 are equal."""
    weights = np.exp(np.clip(z, -300, 300))
    return weights / np.sum(weights, axis=axis, keepdims=True)


@mutant("M00-1e", loses=["i1_sigmoid_properties", "i1_sigmoid_stability"])
def sigmoid(z):
    """Scores are clipped at 8, where the sigmoid is not 1 yet."""
    return 1 / (1 + np.exp(-np.clip(z, -8, 8)))
