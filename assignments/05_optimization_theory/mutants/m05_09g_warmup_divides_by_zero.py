"""M05-9: a schedule without a warm-up divides by 0.

file: optim.py
loses: o3_schedule
"""


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    up = base_lr * step / warmup
    progress = min(max((step - warmup) / (total - warmup), 0.0), 1.0)
    return min(up, min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * progress)))
