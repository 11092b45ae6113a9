"""M05-11: hvp builds the whole Hessian, column by column.

file: theory.py
loses: o5_hvp
"""


_hvp = hvp


def hvp(grad_fn, w, v, eps=1e-4):
    H = np.stack([_hvp(grad_fn, w, unit, eps) for unit in np.eye(len(w))])
    return H @ v
