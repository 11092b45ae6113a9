"""M05-11: hvp divides by eps instead of 2 eps.

file: theory.py
loses: o5_example_hvp, o5_hvp
"""


def hvp(grad_fn, w, v, eps=1e-4):
    return (grad_fn(w + eps * v) - grad_fn(w - eps * v)) / eps
