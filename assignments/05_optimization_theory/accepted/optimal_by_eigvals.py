"""Accepted: eigenvalues may come from anywhere, in any order, and kappa from np.linalg.cond.

file: theory.py
loses:
"""


def optimal_gd(A):
    values = np.linalg.eigvals(A).real
    kappa = np.linalg.cond(A)
    return {"lr": 2 / (values.max() + values.min()), "rate": (kappa - 1) / (kappa + 1)}


def optimal_heavy_ball(A):
    _, singular, _ = np.linalg.svd(A)
    root = np.sqrt(singular[0] / singular[-1])
    rate = (root - 1) / (root + 1)
    return {"lr": 4 / (np.sqrt(singular[0]) + np.sqrt(singular[-1])) ** 2, "momentum": rate**2, "rate": rate}
