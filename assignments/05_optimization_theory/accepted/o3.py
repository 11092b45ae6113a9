"""Other right answers: Schedule and clipping."""

from autograder.rubric import accepted


@accepted("clipping_as_in_pytorch")
def clip_grad_norm(grads, max_norm):
    """The norm may be kept from 0 by 1e-6, as in PyTorch; a tuple is as good as a list."""
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    return tuple(g * np.minimum(max_norm / (norm + 1e-6), 1.0) for g in grads), norm


@accepted("schedule_in_numpy")
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """np.float64 and 0-d arrays are numbers, and so is the integer 0."""
    if step == 0 and warmup:
        return 0
    if step < warmup:
        return np.float64(base_lr) * step / warmup
    if step >= total:
        return min_lr
    return np.asarray(0.5 * (base_lr + min_lr) + 0.5 * (base_lr - min_lr) * np.cos(np.pi * (step - warmup) / (total - warmup)))
