"""M05-11: max_eig returns H v instead of v.

file: theory.py
loses: o5_example_eig, o5_max_eig, o5_extremes
"""


_max_eig = max_eig


def max_eig(hvp_fn, n, iters=100, seed=0):
    lam, vec = _max_eig(hvp_fn, n, iters, seed)
    return lam, lam * vec
