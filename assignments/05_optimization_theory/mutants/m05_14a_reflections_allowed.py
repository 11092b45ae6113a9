"""M05-14: kabsch_rmsd does not look at the determinant.

file: theory.py
loses: o7_rmsd
"""


def kabsch_rmsd(P, Q):
    P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
    U, _, Vt = np.linalg.svd(P.T @ Q)
    return float(np.sqrt(np.mean(np.sum((P @ U @ Vt - Q) ** 2, axis=1))))
