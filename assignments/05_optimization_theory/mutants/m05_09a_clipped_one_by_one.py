"""M05-9: every gradient is clipped by its own norm.

file: optim.py
loses: o3_example_clipping, o3_clipping
"""


def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * min(1.0, max_norm / max(1e-12, float(np.linalg.norm(g)))) for g in grads], norm
