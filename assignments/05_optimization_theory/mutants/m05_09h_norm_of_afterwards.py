"""M05-9: the norm that is returned is that of the clipped gradients.

file: optim.py
loses: o3_example_clipping, o3_clipping
"""


_clip = clip_grad_norm


def clip_grad_norm(grads, max_norm):
    clipped, norm = _clip(grads, max_norm)
    return clipped, min(norm, max_norm)
