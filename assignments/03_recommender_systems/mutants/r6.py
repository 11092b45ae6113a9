"""Mistakes: In-batch softmax."""

from autograder.rubric import mutant


@mutant("M03-9a", loses=["r6_example", "r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The softmax goes down the columns, over the users of an item."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=0, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=0, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=0)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-9b", loses=["r6_example", "r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """log_q is added: popular items become even more popular."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s + log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-9c", loses=["r6_example", "r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """logits are multiplied by the temperature."""
    B = len(U)
    s = U @ V.T * temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / B * temperature
    return loss, ds @ V, ds.T @ U


@mutant("M03-9d", loses=["r6_example", "r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """log_q is subtracted from the rows, where the softmax takes it away again."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[:, None]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-9e", loses=["r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """log_q is subtracted before the division by the temperature."""
    B = len(U)
    s = U @ V.T
    if log_q is not None:
        s = s - log_q[None, :]
    s = s / temperature
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-9f", loses=["r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The gradients are those without log_q."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    if log_q is not None:
        p = p * np.exp(log_q)
        p = p / p.sum(axis=1, keepdims=True)
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-24a", loses=["r6_stability"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The largest logit is not subtracted."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-24b", loses=["r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The gradients are not divided by the temperature."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / B
    return loss, ds @ V, ds.T @ U


@mutant("M03-24c", loses=["r6_example", "r6_loss", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """loss and gradients are sums over the batch, not means."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.sum(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / temperature
    return loss, ds @ V, ds.T @ U


@mutant("M03-24d", loses=["r6_example", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """dV sums over items where it must sum over users."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds @ U


@mutant("M03-24e", loses=["r6_example", "r6_gradients"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The one of the diagonal is not subtracted."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.diag(s) - np.log(np.sum(np.exp(s), axis=1)))
    ds = p / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-24f", loses=["r6_stability"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """A tiny number in the logarithm stops the loss at 23."""
    B = len(U)
    s = U @ V.T / temperature
    if log_q is not None:
        s = s - log_q[None, :]
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    loss = -np.mean(np.log(np.diag(p) + 1e-10))
    ds = (p - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-24g", loses=["r6_example", "r6_loss", "r6_gradients", "r6_properties"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The positive item is missing among the items of the sum."""
    B = len(U)
    s = U @ V.T / temperature - (0 if log_q is None else log_q)
    others = np.where(np.eye(B, dtype=bool), -np.inf, s)
    top = np.max(others, axis=1, keepdims=True)
    p = np.exp(others - top)
    loss = np.mean(np.log(p.sum(axis=1)) + top[:, 0] - np.diag(s))
    ds = (p / p.sum(axis=1, keepdims=True) - np.eye(B)) / (B * temperature)
    return loss, ds @ V, ds.T @ U


@mutant("M03-24h", loses=["r6_example", "r6_loss", "r6_gradients"])
class both_directions:
    """The mean of the losses over items and over users, as for pairs of images and texts."""

    _one_way = in_batch_softmax_loss

    def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
        loss, dU, dV = _one_way(U, V, temperature, log_q)
        other, dV_other, dU_other = _one_way(V, U, temperature, None)
        return (loss + other) / 2, (dU + dU_other) / 2, (dV + dV_other) / 2


@mutant("M03-27g", nothing_right=True, loses=["r6_example", "r6_loss", "r6_gradients", "r6_properties", "r6_stability"])
def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    """The loss is zero, and so are its gradients."""
    return 0.0, np.zeros_like(U), np.zeros_like(V)
