"""Other right answers: Softmax loss."""

from autograder.rubric import accepted


@accepted("softmax_with_a_one_hot_matrix")
def softmax_loss(x, y):
    """Classes as a matrix of zeros and ones."""
    N, C = x.shape
    target = np.eye(C)[y]
    shifted = x - np.max(x, axis=1).reshape(-1, 1)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1)).reshape(N, 1)
    return -np.sum(target * log_p) / N, (np.exp(log_p) - target) / N


@accepted("softmax_by_logaddexp")
def softmax_loss(x, y):
    """NumPy's own logarithm of a sum of exponentials."""
    log_z = np.logaddexp.reduce(x, axis=1)
    rows = range(len(y))
    dx = np.exp(x - log_z[:, None])
    np.subtract.at(dx, (rows, y), 1.0)
    return float(np.average(log_z - x[rows, y])), np.divide(dx, len(y))


@accepted("softmax_loss_as_an_array")
def softmax_loss(x, y):
    """ "Axes of length 1 more": the loss has the shape (1, 1)."""
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = np.take_along_axis(log_p, y[:, None], axis=1)
    dx = np.exp(log_p)
    for n, c in enumerate(y):
        dx[n, c] -= 1
    return -picked.mean(keepdims=True), dx / len(x)


@accepted("softmax_two_exponentials")
def softmax_loss(x, y):
    """The probabilities of the gradient by the formula of the handout, once the largest score is 0."""
    n = np.arange(x.shape[0])
    z = x - x.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(z).sum(axis=1)) - z[n, y])
    p[n, y] -= 1.0
    return loss, p / len(n)
