"""M05-10: rates are computed with the condition number of A^T A.

file: theory.py
loses: o4_example_optimal, o4_optimal_gd, o4_optimal_heavy_ball
"""


def optimal_gd(A):
    eigenvalues = np.linalg.eigvalsh(A)
    kappa = np.linalg.cond(A.T @ A)
    return {"lr": float(2 / (eigenvalues[0] + eigenvalues[-1])), "rate": float((kappa - 1) / (kappa + 1))}


def optimal_heavy_ball(A):
    eigenvalues = np.linalg.eigvalsh(A)
    root = np.sqrt(np.linalg.cond(A.T @ A))
    rate = float((root - 1) / (root + 1))
    return {"lr": float(4 / np.sum(np.sqrt(eigenvalues[[0, -1]])) ** 2), "momentum": rate**2, "rate": rate}
