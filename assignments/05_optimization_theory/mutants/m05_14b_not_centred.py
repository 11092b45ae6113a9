"""M05-14: kabsch_rmsd does not move the centres to the origin.

file: theory.py
loses: o7_example_rmsd, o7_rmsd
"""


def kabsch_rmsd(P, Q):
    U, _, Vt = np.linalg.svd(P.T @ Q)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(U @ Vt))])
    return float(np.sqrt(np.mean(np.sum((P @ U @ flip @ Vt - Q) ** 2, axis=1))))
