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


@mutant("M00-11", loses=["i1_safe"])
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
