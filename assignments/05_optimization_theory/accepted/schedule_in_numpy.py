"""Accepted: np.float64 and 0-d arrays are numbers, and so is the integer 0.

file: optim.py
loses:
"""


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    if step == 0 and warmup:
        return 0
    if step < warmup:
        return np.float64(base_lr) * step / warmup
    if step >= total:
        return min_lr
    return np.asarray(0.5 * (base_lr + min_lr) + 0.5 * (base_lr - min_lr) * np.cos(np.pi * (step - warmup) / (total - warmup)))
