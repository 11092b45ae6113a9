"""M05-8: nesterov asks for the gradient at w as well, and does not use it.

file: optim.py
loses: o2_nesterov
"""


_nesterov = nesterov


def nesterov(w, grad_fn, config=None):
    grad_fn(w)
    return _nesterov(w, grad_fn, config)
