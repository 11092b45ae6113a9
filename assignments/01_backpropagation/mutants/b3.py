"""Mistakes: Softmax loss."""

from autograder.rubric import mutant


@mutant("M01-3a", loses=["b3_stable"])
def softmax_loss(x, y):
    """The largest score is not subtracted, so that the exponential overflows."""
    N = x.shape[0]
    scores = x
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -(scores[np.arange(N), y] - np.log(np.exp(scores).sum(axis=1))).mean()
    dx = p.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


@mutant("M01-3b", loses=["b3_example_gradient", "b3_values", "b3_properties", "b7_own_layers"])
def softmax_loss(x, y):
    """dx is not divided by N although the loss is a mean."""
    N = x.shape[0]
    scores = x - x.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -(scores[np.arange(N), y] - np.log(np.exp(scores).sum(axis=1))).mean()
    dx = p.copy()
    dx[np.arange(N), y] -= 1
    # dx /= N
    return loss, dx


@mutant(
    "M01-3c",
    loses=["b3_example_loss", "b3_example_gradient", "b3_values", "b7_own_layers"],
)
def softmax_loss(x, y):
    """The classes are counted from 1, so that the one-hot vector is off by one."""
    N = x.shape[0]
    scores = x - x.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -(scores[np.arange(N), y - 1] - np.log(np.exp(scores).sum(axis=1))).mean()
    dx = p.copy()
    dx[np.arange(N), y - 1] -= 1
    dx /= N
    return loss, dx


@mutant("M01-3d", loses=["b3_safe"])
def softmax_loss(x, y):
    """x -= x.max(...) changes the caller's scores (found while building; not in the table)."""
    N = x.shape[0]
    x -= x.max(axis=1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(N), y].mean()
    dx = np.exp(log_p)
    dx[np.arange(N), y] -= 1
    return loss, dx / N


@mutant(
    "M01-14e",
    loses=["b3_example_gradient", "b3_values", "b3_properties", "b3_stable", "b3_safe", "b7_own_layers"],
)
def softmax_loss(x, y):
    """An unfinished function returns zeros: the gradient of softmax_loss."""
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean(), np.zeros_like(x)


@mutant(
    "M01-14f",
    loses=["b3_example_loss", "b3_example_gradient", "b3_values", "b3_properties", "b3_stable", "b7_own_layers"],
)
def softmax_loss(x, y):
    """An unfinished function returns what is right for scores of zero: softmax_loss."""
    N, C = x.shape
    dx = np.full((N, C), 1 / C)
    dx[np.arange(N), y] -= 1
    return np.log(C), dx / N


@mutant("M01-3e", loses=["b3_example_loss", "b3_example_gradient", "b3_values", "b3_properties", "b7_own_layers"])
def softmax_loss(x, y):
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": a sum over n."""
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[np.arange(len(y)), y] -= 1
    return -log_p[np.arange(len(y)), y].sum(), dx


@mutant("M01-3f", loses=["b3_stable"])
def softmax_loss(x, y):
    """The scores are shifted, and the logarithm is taken of a probability that may have become 0."""
    shifted = x - x.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


@mutant("M01-3g", loses=["b3_stable"])
def softmax_loss(x, y):
    """A small constant keeps the logarithm from -inf, and makes the loss of large scores wrong."""
    shifted = x - x.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


@mutant("M01-3h", loses=["b3_example_loss", "b3_example_gradient", "b3_values", "b3_properties", "b3_stable", "b7_own_layers"])
def softmax_loss(x, y):
    """A trivial loss with its own right gradient earns nothing: the mean of the first scores."""
    dx = np.zeros(x.shape)
    dx[:, 0] = 1 / len(x)
    return float(x[:, 0].mean()), dx


@mutant("M01-3i", loses=["b3_example_gradient", "b3_values", "b3_properties", "b7_own_layers"])
def softmax_loss(x, y):
    """The gradient has the wrong sign."""
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = -np.exp(log_p)
    dx[np.arange(len(y)), y] += 1
    return -log_p[np.arange(len(y)), y].mean(), dx / len(y)


@mutant("M01-3j", loses=["b3_example_loss", "b3_values", "b3_properties", "b7_own_layers"], file="layers.py")
class loss_is_negative:
    """The loss is log p, without its minus; that large scores overflow nothing is another criterion's affair."""

    _softmax_loss = softmax_loss

    def softmax_loss(x, y):
        loss, dx = _softmax_loss(x, y)
        return -loss, dx
