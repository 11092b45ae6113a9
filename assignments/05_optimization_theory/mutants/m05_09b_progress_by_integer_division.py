"""M05-9: the progress of the schedule is an integer.

file: optim.py
loses: o3_example_schedule, o3_schedule, o3_smooth
"""


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    if step < warmup:
        return base_lr * step / warmup
    progress = min((step - warmup) // (total - warmup), 1)
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * progress))
