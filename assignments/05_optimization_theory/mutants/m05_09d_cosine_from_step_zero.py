"""M05-9: the cosine counts from step 0, and jumps where the warm-up ends.

file: optim.py
loses: o3_example_schedule, o3_schedule, o3_smooth
"""


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    if step < warmup:
        return base_lr * step / warmup
    return min_lr + (base_lr - min_lr) / 2 * (1 + math.cos(math.pi * min(1.0, step / total)))
