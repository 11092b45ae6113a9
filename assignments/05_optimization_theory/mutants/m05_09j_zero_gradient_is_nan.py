"""M05-9: a gradient of zeros is divided by its norm.

file: optim.py
loses: o3_clipping
"""


def clip_grad_norm(grads, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm * min(norm, max_norm) for g in grads], float(norm)
