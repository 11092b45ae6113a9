"""Right answers of another form: Prediction."""

from autograder.rubric import accepted


@accepted("column")
def predict(x, w, b):
    """A column comes out, of shape (N, 1): the checks convert it, and note it."""
    return (x @ w + b)[:, None]
