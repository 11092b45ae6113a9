"""Mistakes: Affine layer."""

from autograder.rubric import mutant


@mutant("M01-1a", loses=["b1_example_backward", "b1_backward_values", "b7_own_layers"])
def affine_backward(dout, cache):
    """dx keeps the shape of the rows instead of the shape of x."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


@mutant("M01-1b", loses=["b1_safe"])
def affine_backward(dout, cache):
    """db has the shape (1, M) instead of (M,)."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0, keepdims=True)
    return dx, dw, db


@mutant("M01-1c", loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b7_own_layers"])
def affine_backward(dout, cache):
    """db is the sum over the outputs instead of the sum over the examples."""
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=1)
    return dx, dw, db


@mutant("M01-1d", loses=["b1_safe"])
def affine_forward(x, w, b):
    """The rows are made by changing the shape of the caller's x (found while building; not in the
    table).
    """
    cache = (x, w, b)
    x.shape = (x.shape[0], -1)
    out = x.dot(w) + b
    return out, cache


@mutant("M01-14a", loses=["b1_example_forward", "b1_forward_values", "b1_safe", "b7_own_layers"])
def affine_forward(x, w, b):
    """An unfinished function returns zeros: affine_forward."""
    out = np.zeros((x.shape[0], w.shape[1]))
    return out, (x, w, b)


@mutant(
    "M01-14b",
    loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b1_safe", "b7_own_layers"],
)
def affine_backward(dout, cache):
    """An unfinished function returns zeros: affine_backward."""
    x, w, b = cache
    return np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)


@mutant("M01-1e", loses=["b1_example_forward", "b1_forward_values", "b7_own_layers"])
def affine_forward(x, w, b):
    """The biases are forgotten; the backward pass is right and loses nothing."""
    return x.reshape(x.shape[0], -1) @ w, (x, w, b)


@mutant(
    "M01-1f",
    loses=["b1_example_forward", "b1_example_backward", "b1_forward_values", "b1_backward_values", "b7_own_layers"],
    file="layers.py",
)
class affine_layer_of_its_own:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": out is doubled."""

    def affine_forward(x, w, b):
        return 2 * (x.reshape(x.shape[0], -1) @ w + b), (x, w, b)

    def affine_backward(dout, cache):
        x, w, b = cache
        rows = x.reshape(x.shape[0], -1)
        return 2 * (dout @ w.T).reshape(x.shape), 2 * rows.T @ dout, 2 * dout.sum(axis=0)


@mutant(
    "M01-1g",
    loses=[
        "b1_example_forward", "b1_example_backward", "b1_forward_values", "b1_backward_values", "b1_gradient",
        "b7_own_layers",
    ],
    file="layers.py",
)
class affine_layer_that_adds_up_everything:
    """A trivial layer with its own right gradient earns nothing but what is right about its inputs."""

    def affine_forward(x, w, b):
        return np.full((x.shape[0], w.shape[1]), x.sum() + w.sum() + b.sum()), (x, w, b)

    def affine_backward(dout, cache):
        x, w, b = cache
        return np.full(x.shape, dout.sum()), np.full(w.shape, dout.sum()), np.full(b.shape, dout.sum())


@mutant("M01-1h", loses=["b1_backward_values", "b7_own_layers"])
def affine_backward(dout, cache):
    """ "Finite differences are for checking, not for handing in": one difference for each input."""
    inputs = [np.array(one, dtype=float) for one in cache]
    gradients = [np.zeros(one.shape) for one in inputs]
    for one, gradient in zip(inputs, gradients):
        for index in np.ndindex(one.shape):
            before = one[index]
            one[index] = before + 1e-5
            above = (affine_forward(*inputs)[0] * dout).sum()
            one[index] = before - 1e-5
            below = (affine_forward(*inputs)[0] * dout).sum()
            one[index] = before
            gradient[index] = (above - below) / 2e-5
    return tuple(gradients)


@mutant("M01-15a", loses=["b1_example_forward", "b1_forward_values", "b1_safe", "b7_own_layers"])
def affine_forward(x, w, b):
    """A function that is still as it was handed out costs its own points: affine_forward."""
    raise NotImplementedError("affine_forward: not written yet")


@mutant(
    "M01-15b",
    loses=["b1_example_backward", "b1_backward_values", "b1_gradient", "b1_safe", "b7_own_layers"])
def affine_backward(dout, cache):
    """A function that is still as it was handed out costs its own points: affine_backward."""
    raise NotImplementedError("affine_backward: not written yet")
