"""M05-9: the schedule ends at 0 whatever min_lr says.

file: optim.py
loses: o3_schedule
"""


_warmup_cosine = warmup_cosine


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    return _warmup_cosine(step, base_lr, warmup, total)
