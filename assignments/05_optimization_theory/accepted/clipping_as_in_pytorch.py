"""Accepted: the norm may be kept from 0 by 1e-6, as in PyTorch; a tuple is as good as a list.

file: optim.py
loses:
"""


def clip_grad_norm(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    return tuple(g * np.minimum(max_norm / (norm + 1e-6), 1.0) for g in grads), norm
