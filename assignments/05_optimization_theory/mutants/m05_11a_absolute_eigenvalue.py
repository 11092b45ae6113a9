"""M05-11: max_eig returns the norm of H v.

file: theory.py
loses: o5_extremes
"""


def max_eig(hvp_fn, n, iters=100, seed=0):
    v = np.random.default_rng(seed).standard_normal(n)
    for _ in range(iters):
        v = hvp_fn(v / np.linalg.norm(v))
    return float(np.linalg.norm(v)), v / np.linalg.norm(v)
