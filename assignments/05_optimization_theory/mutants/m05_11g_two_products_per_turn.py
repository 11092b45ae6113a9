"""M05-11: max_eig multiplies twice in every turn.

file: theory.py
loses: o5_max_eig, o5_extremes
"""


def max_eig(hvp_fn, n, iters=100, seed=0):
    v = np.random.default_rng(seed).standard_normal(n)
    for _ in range(iters):
        v = v / np.linalg.norm(v)
        lam, v = float(v @ hvp_fn(v)), hvp_fn(v)
    return lam, v / np.linalg.norm(v)
