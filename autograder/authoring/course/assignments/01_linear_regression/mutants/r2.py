"""Mistakes: Loss and gradient."""

from autograder.rubric import mutant


@mutant("M01-3", loses=["r2_example", "r2_loss", "r2_gradient"])
def loss_and_gradient(x, y, w, b):
    """The squared errors are summed, not averaged."""
    error = predict(x, w, b) - y
    return np.sum(error**2), 2 * x.T @ error, 2 * np.sum(error)


@mutant("M01-4", loses=["r2_example", "r2_gradient"])
def loss_and_gradient(x, y, w, b):
    """The gradient lacks the factor 2."""
    error = predict(x, w, b) - y
    return np.mean(error**2), x.T @ error / len(y), np.mean(error)


@mutant("M01-5", loses=["r2_safe"])
def loss_and_gradient(x, y, w, b):
    """y is changed."""
    y -= predict(x, w, b)
    return np.mean(y**2), -2 * x.T @ y / len(y), -2 * np.mean(y)
