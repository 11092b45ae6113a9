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
    return np.asarray(
        0.5 * (base_lr + min_lr)
        + 0.5 * (base_lr - min_lr) * np.cos(np.pi * (step - warmup) / (total - warmup))
    )


@accepted("schedule_by_formula", file="optim.py")
class schedule_by_formula:
    """The formulas of the docstring, done literally, with the cases in their order; lists for arrays."""

    def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
        if step < warmup:
            return base_lr * step / warmup
        elif step <= total:
            return min_lr + (base_lr - min_lr) / 2 * (
                1 + np.cos(np.pi * (step - warmup) / (total - warmup))
            )
        else:
            return min_lr

    def clip_grad_norm(grads, max_norm):
        norm = np.sqrt(sum([np.linalg.norm(g) ** 2 for g in grads]))
        factor = min(1, max_norm / norm) if norm > 0 else 1
        return [(g * factor).tolist() for g in grads], norm


@accepted("schedule_by_interpolation", file="optim.py")
class schedule_by_interpolation:
    """np.interp and np.clip know no cases; all gradients may be put into one long vector."""

    def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
        up = np.interp(step, [0, warmup], [0.0, base_lr]) if warmup else base_lr
        angle = np.pi * np.clip((step - warmup) / (total - warmup), 0, 1)
        down = min_lr + (base_lr - min_lr) * np.cos(angle / 2) ** 2
        return np.array([np.where(step < warmup, up, down)])

    def clip_grad_norm(grads, max_norm):
        whole = np.concatenate([np.ravel(g) for g in grads])
        norm = math.sqrt(whole @ whole)
        if norm > max_norm:
            whole = whole * (max_norm / norm)
        ends = np.cumsum([g.size for g in grads])[:-1]
        return [part.reshape(g.shape) for part, g in zip(np.split(whole, ends), grads)], norm


@accepted("clipping_of_copies")
def clip_grad_norm(grads, max_norm):
    """Copies may be scaled in place, and only where the norm is too large; float32 is precise enough."""
    norm = np.float32(0)
    for g in grads:
        norm += np.einsum("i,i->", g.ravel(), g.ravel()).astype(np.float32)
    norm = np.sqrt(norm)
    clipped = [g.astype(np.float32) for g in grads]
    if norm > max_norm:
        for g in clipped:
            g *= max_norm / norm
    return clipped, norm
