"""M05-11: hvp takes the difference to the gradient at w.

file: theory.py
loses: o5_hvp
"""


def hvp(grad_fn, w, v, eps=1e-4):
    return (grad_fn(w + eps * v) - grad_fn(w)) / eps
