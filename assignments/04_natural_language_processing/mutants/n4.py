"""Mistakes: Masked sequence loss."""

from autograder.rubric import mutant


@mutant("M04-6a", loses=["n4_example", "n4_values", "n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """Loss and gradient are means over the words that count."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / mask.sum()
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / mask.sum()
    return loss, dx


@mutant("M04-6b", loses=["n4_example", "n4_values", "n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """Loss and gradient are divided by N times T."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / (N * T)
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / (N * T)
    return loss, dx


@mutant("M04-6c", loses=["n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """The mask is not applied to dx."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx / N
    return loss, dx


@mutant("M04-23a", loses=["n4_example", "n4_values", "n4_mask"])
def temporal_softmax_loss(x, y, mask):
    """The mask is not applied to the loss."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y]) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23b", loses=["n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """Exponentials of the scores as they are."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23c", loses=["n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """The largest score of the whole batch is subtracted everywhere."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max()
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23d", loses=["n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """The logarithm of a probability of at least 1e-12."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = np.log(np.maximum(p, 1e-12))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23e", loses=["n4_example", "n4_values", "n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """Each sentence is a mean over its words."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * (mask / np.maximum(mask.sum(axis=1, keepdims=True), 1))[:, :, None] / N
    return loss, dx


@mutant("M04-23f", loses=["n4_example", "n4_values"])
def temporal_softmax_loss(x, y, mask):
    """The scores are multiplied by the mask, so that padding costs log V."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x * mask[:, :, None] - (x * mask[:, :, None]).max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y]) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23g", loses=["n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """The gradient is not divided by N."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None]
    return loss, dx


@mutant("M04-23h", loses=["n4_example", "n4_values", "n4_gradient", "n4_mask", "n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """An unfinished function returns zeros."""
    return 0.0, np.zeros_like(x)


@mutant("M04-23i", loses=["n4_values", "n4_mask"])
def temporal_softmax_loss(x, y, mask):
    """The mask is taken for lengths: the first words of each sentence count."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * (np.arange(T) < mask.sum(axis=1, keepdims=True))) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23j", loses=["n4_example", "n4_values", "n4_gradient", "n4_mask"])
def temporal_softmax_loss(x, y, mask):
    """True is taken for padding."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    shifted = x - x.max(axis=2, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * ~mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * ~mask[:, :, None] / N
    return loss, dx


@mutant("M04-23k", loses=["n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """The largest score is subtracted in place; "Nothing that is passed in is changed." """
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    x -= x.max(axis=2, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=2, keepdims=True))
    loss = -np.sum(log_p[n, t, y] * mask) / N
    dx = np.exp(log_p)
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant("M04-23l", loses=["n4_stable"])
def temporal_softmax_loss(x, y, mask):
    """The largest score is subtracted, but the logarithm is that of a probability, which may be 0."""
    N, T, V = x.shape
    n, t = np.ogrid[:N, :T]
    p = np.exp(x - x.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    loss = -np.sum(np.log(p[n, t, y]) * mask) / N
    dx = p.copy()
    dx[n, t, y] -= 1
    dx = dx * mask[:, :, None] / N
    return loss, dx


@mutant(
    "M04-60c",
    loses=["n4_example", "n4_values", "n4_gradient", "n4_mask", "n4_stable"],
    nothing_right=True,
)
def temporal_softmax_loss(x, y, mask):
    """The loss is the sum of all scores, and its gradient 1: consistent with itself, and nothing that was asked for."""
    return float(np.sum(x)), np.ones_like(x)


@mutant("M04-23m", loses=["n4_example", "n4_values", "n4_gradient"])
def temporal_softmax_loss(x, y, mask):
    """ "Where values are wrong already, large numbers have only to stay finite": 1 - p of each word, with its own gradient."""
    N, T, _ = x.shape
    n, t = np.ogrid[:N, :T]
    p = np.exp(x - x.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    right = p[n, t, y]
    dx = p * right[:, :, None]
    dx[n, t, y] -= right
    return float(((1 - right) * mask).sum() / N), dx * mask[:, :, None] / N
