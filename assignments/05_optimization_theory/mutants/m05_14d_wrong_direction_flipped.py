"""M05-14: kabsch_rmsd turns back the direction of the largest singular value.

file: theory.py
loses: o7_example_rmsd, o7_rmsd
"""


def kabsch_rmsd(P, Q):
    P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
    U, _, Vt = np.linalg.svd(P.T @ Q)
    flip = np.diag([np.sign(np.linalg.det(U @ Vt)), 1.0, 1.0])
    return float(np.sqrt(np.mean(np.sum((P @ U @ flip @ Vt - Q) ** 2, axis=1))))
