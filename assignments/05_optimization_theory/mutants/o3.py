"""Mistakes: Schedule and clipping."""

from autograder.rubric import mutant


@mutant("M05-9a", loses=["o3_example_clipping", "o3_clipping"])
def clip_grad_norm(grads, max_norm):
    """Every gradient is clipped by its own norm."""
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * min(1.0, max_norm / max(1e-12, float(np.linalg.norm(g)))) for g in grads], norm


@mutant("M05-9b", loses=["o3_example_schedule", "o3_schedule", "o3_smooth"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The progress of the schedule is an integer."""
    if step < warmup:
        return base_lr * step / warmup
    progress = min((step - warmup) // (total - warmup), 1)
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * progress))


@mutant("M05-9c", loses=["o3_example_schedule", "o3_end", "o3_smooth"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The cosine goes on after total."""
    if step < warmup:
        return base_lr * step / warmup
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


@mutant("M05-9d", loses=["o3_example_schedule", "o3_schedule", "o3_smooth"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The cosine counts from step 0, and jumps where the warm-up ends."""
    if step < warmup:
        return base_lr * step / warmup
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * min(1.0, step / total)))


@mutant("M05-9e", loses=["o3_end"], file="optim.py")
class min_lr_ignored:
    """The schedule ends at 0 whatever min_lr says."""

    _warmup_cosine = warmup_cosine

    def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
        return _warmup_cosine(step, base_lr, warmup, total)


@mutant("M05-9f", loses=["o3_schedule"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The learning rate falls along a straight line."""
    if step < warmup:
        return base_lr * step / warmup
    return base_lr + (min_lr - base_lr) * min(1.0, (step - warmup) / (total - warmup))


@mutant("M05-9g", loses=["o3_warmup"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """A schedule without a warm-up divides by 0."""
    up = base_lr * step / warmup
    progress = min(max((step - warmup) / (total - warmup), 0.0), 1.0)
    return min(up, min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * progress)))


@mutant("M05-9h", loses=["o3_example_clipping", "o3_clipping"], file="optim.py")
class norm_of_afterwards:
    """The norm that is returned is that of the clipped gradients: what is clipped rightly earns half."""

    _clip = clip_grad_norm

    def clip_grad_norm(grads, max_norm):
        clipped, norm = _clip(grads, max_norm)
        return clipped, min(norm, max_norm)


@mutant("M05-9i", loses=["o3_small"])
def clip_grad_norm(grads, max_norm):
    """Gradients below max_norm are scaled up to it."""
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * (max_norm / (norm + 1e-12)) for g in grads], norm


@mutant("M05-9j", loses=["o3_small"])
def clip_grad_norm(grads, max_norm):
    """A gradient of zeros is divided by its norm."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm * min(norm, max_norm) for g in grads], float(norm)


@mutant("M05-9k", loses=["o3_warmup"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The warm-up begins at min_lr."""
    if step < warmup:
        return min_lr + (base_lr - min_lr) * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * progress))


@mutant("M05-9l", loses=["o3_end"])
def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    """The learning rate falls towards 0, and is cut off at min_lr."""
    if step < warmup:
        return base_lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return max(min_lr, base_lr / 2 * (1 + math.cos(math.pi * progress)))
