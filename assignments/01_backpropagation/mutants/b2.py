"""Mistakes: Relu."""

from autograder.rubric import mutant


@mutant("M01-2a", loses=["b2_safe"])
def relu_backward(dout, cache):
    """dout[x <= 0] = 0 overwrites the caller's gradient."""
    x = cache
    dout[x <= 0] = 0
    dx = dout
    return dx


@mutant("M01-2b", loses=["b2_forward_safe"])
def relu_forward(x):
    """x[x < 0] = 0 overwrites the caller's input (seen once among the 41)."""
    x[x < 0] = 0
    out = x
    cache = x
    return out, cache


@mutant("M01-14c", loses=["b2_example_backward", "b2_backward_values", "b2_gradient", "b2_safe", "b7_own_layers"])
def relu_backward(dout, cache):
    """An unfinished function returns zeros: relu_backward."""
    return np.zeros_like(dout)


@mutant("M01-14d", loses=["b2_example_forward", "b2_values", "b2_forward_safe", "b7_own_layers"])
def relu_forward(x):
    """An unfinished function returns zeros: relu_forward."""
    return np.zeros_like(x), x


@mutant(
    "M01-2c",
    loses=["b2_example_forward", "b2_example_backward", "b2_values", "b2_backward_values", "b7_own_layers"],
    file="layers.py",
)
class leaky_relu:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": leaky relu."""

    def relu_forward(x):
        return np.where(x > 0, x, 0.1 * x), x

    def relu_backward(dout, cache):
        return np.where(cache > 0, dout, 0.1 * dout)


@mutant("M01-2d", loses=["b2_example_backward", "b2_backward_values", "b2_gradient", "b7_own_layers"])
def relu_backward(dout, cache):
    """The sign of dout decides, not that of x."""
    return np.maximum(dout, 0)


@mutant(
    "M01-2e",
    loses=["b2_example_forward", "b2_example_backward", "b2_values", "b2_backward_values", "b2_gradient", "b7_own_layers"],
    file="layers.py",
)
class no_relu:
    """A trivial layer with its own right gradient earns nothing: the identity."""

    def relu_forward(x):
        return x.copy(), x

    def relu_backward(dout, cache):
        return dout.copy()


@mutant("M01-15d", loses=["b2_example_forward", "b2_values", "b2_forward_safe", "b7_own_layers"])
def relu_forward(x):
    """A function that is still as it was handed out costs its own points: relu_forward."""
    raise NotImplementedError("relu_forward: not written yet")


@mutant(
    "M01-15e",
    loses=["b2_example_backward", "b2_backward_values", "b2_gradient", "b2_safe", "b7_own_layers"])
def relu_backward(dout, cache):
    """A function that is still as it was handed out costs its own points: relu_backward."""
    raise NotImplementedError("relu_backward: not written yet")
