"""M05-9: the learning rate falls along a straight line.

file: optim.py
loses: o3_schedule
"""


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    if step < warmup:
        return base_lr * step / warmup
    return base_lr + (min_lr - base_lr) * min(1.0, (step - warmup) / (total - warmup))
