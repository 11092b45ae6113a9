"""Mistakes: Relu."""

from autograder.rubric import mutant


@mutant("M01-2a", loses=["b2_safe"])
def relu_backward(dout, cache):
    """dout[x <= 0] = 0 overwrites the caller's gradient."""
    x = cache
    dout[x <= 0] = 0
    dx = dout
    return dx


@mutant("M01-2b", loses=["b2_safe"])
def relu_forward(x):
    """x[x < 0] = 0 overwrites the caller's input (seen once among the 41)."""
    x[x < 0] = 0
    out = x
    cache = x
    return out, cache


@mutant("M01-14c", loses=["b2_example_backward", "b2_values", "b2_gradient", "b2_safe", "b7_training"])
def relu_backward(dout, cache):
    """An unfinished function returns zeros: relu_backward."""
    return np.zeros_like(dout)


@mutant("M01-14d", loses=["b2_example_forward", "b2_values", "b2_gradient", "b2_safe", "b7_training"])
def relu_forward(x):
    """An unfinished function returns zeros: relu_forward."""
    return np.zeros_like(x), x
