"""Other right answers: Relu."""

from autograder.rubric import accepted


@accepted("relu_by_absolute_values", file="layers.py")
class relu_by_absolute_values:
    """(x + |x|) / 2, and a step function with 1/2 at 0: "at exactly x = 0 anything from 0 to dout is right"."""

    def relu_forward(x):
        return (x + np.abs(x)) / 2, x

    def relu_backward(dout, cache):
        return np.heaviside(cache, 0.5) * dout


@accepted("relu_with_a_mask_as_cache", file="layers.py")
class relu_with_a_mask_as_cache:
    """The cache may say where x was positive, if the backward pass takes x as well."""

    def relu_forward(x):
        mask = x > 0
        return np.where(mask, x, 0.0), mask

    def relu_backward(dout, cache):
        return dout * (cache > 0)
