"""Accepted: a chain may begin anywhere; coordinates, eigenvectors and rotations are free; float32 is precise enough.

file: theory.py
loses:
"""


_torsions, _mds, _stress, _rmsd = torsions_to_coords, classical_mds, stress_and_grad, kabsch_rmsd


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    X = _torsions(phi, bond, angle_deg)
    return (X[:, [1, 2, 0]] - 4.0).astype(np.float32)


def classical_mds(D, k=3):
    squares = D**2
    B = -0.5 * (squares - squares.mean(0) - squares.mean(1)[:, None] + squares.mean())
    values, vectors = np.linalg.eig(B)
    order = np.argsort(-values.real)[:k]
    return 5.0 - (vectors[:, order].real * np.sqrt(np.abs(values[order].real)))


def stress_and_grad(X, D, W):
    stress, dX = 0.0, np.zeros(X.shape)
    for i in range(len(X)):
        for j in range(i):
            r = X[i] - X[j]
            d = np.sqrt((r**2).sum())
            stress += W[i][j] * (d - D[i][j]) ** 2
            pull = 2 * W[i][j] * (d - D[i][j]) / d * r
            dX[i] += pull
            dX[j] -= pull
    return stress, dX.astype(np.float32)


def kabsch_rmsd(P, Q):
    P, Q = P - P.mean(0), Q - Q.mean(0)
    H = P.T @ Q
    s = np.linalg.svd(H, compute_uv=False)
    s[-1] *= np.sign(np.linalg.det(H))
    return np.sqrt(max(0.0, np.sum(P**2) + np.sum(Q**2) - 2 * s.sum()) / len(P))
