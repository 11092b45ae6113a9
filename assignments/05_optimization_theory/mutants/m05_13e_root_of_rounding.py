"""M05-13: classical_mds takes the root of an eigenvalue that rounding has made negative.

file: theory.py
loses: o7_mds_flat
"""


def classical_mds(D, k=3):
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D**2 @ J / 2)
    return V[:, -k:] * np.sqrt(values[-k:])
