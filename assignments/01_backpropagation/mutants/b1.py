"""Mistakes: Affine layer."""

from autograder.rubric import mutant


@mutant("M01-1a", loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b7_training"])
def affine_backward(dout, cache):
    """dx keeps the shape of the rows instead of the shape of x."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


@mutant("M01-1b", loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b7_training"])
def affine_backward(dout, cache):
    """db has the shape (1, M) instead of (M,)."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0, keepdims=True)
    return dx, dw, db


@mutant("M01-1c", loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b7_training"])
def affine_backward(dout, cache):
    """db is the sum over the outputs instead of the sum over the examples."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=1)
    return dx, dw, db


@mutant("M01-1d", loses=["b1_gradient", "b1_safe"])
def affine_forward(x, w, b):
    """The rows are made by changing the shape of the caller's x (found while building; not in the
    table).
    """
    cache = (x, w, b)
    x.shape = (x.shape[0], -1)
    out = x.dot(w) + b
    return out, cache


@mutant("M01-14a", loses=["b1_example_forward", "b1_forward_values", "b1_gradient", "b1_safe", "b7_training"])
def affine_forward(x, w, b):
    """An unfinished function returns zeros: affine_forward."""
    out = np.zeros((x.shape[0], w.shape[1]))
    return out, (x, w, b)


@mutant(
    "M01-14b",
    loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b1_safe", "b7_training"],
)
def affine_backward(dout, cache):
    """An unfinished function returns zeros: affine_backward."""
    x, w, b = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
