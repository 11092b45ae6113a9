"""M05-10: optimal_gd returns the safe learning rate 1 / L and its rate.

file: theory.py
loses: o4_example_optimal, o4_optimal_gd
"""


def optimal_gd(A):
    eigenvalues = np.linalg.eigvalsh(A)
    return {"lr": float(1 / eigenvalues[-1]), "rate": float(1 - eigenvalues[0] / eigenvalues[-1])}
