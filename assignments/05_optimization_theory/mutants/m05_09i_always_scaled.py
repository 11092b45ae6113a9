"""M05-9: gradients below max_norm are scaled up to it.

file: optim.py
loses: o3_clipping
"""


def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * (max_norm / (norm + 1e-12)) for g in grads], norm
