"""Mistakes: Frontier: protein folding, geometry."""

from autograder.rubric import mutant


@mutant("M05-13a", loses=["o7_example_mds", "o7_mds", "o7_mds_flat"])
def classical_mds(D, k=3):
    """classical_mds centres the distances instead of their squares."""
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D @ J / 2)
    return V[:, -k:] * np.sqrt(np.maximum(values[-k:], 0))


@mutant("M05-13b", loses=["o7_example_mds", "o7_mds", "o7_mds_flat"])
def classical_mds(D, k=3):
    """classical_mds subtracts the means of the rows only."""
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D**2 / 2)
    return V[:, -k:] * np.sqrt(np.maximum(values[-k:], 0))


@mutant("M05-13c", loses=["o7_example_mds", "o7_mds", "o7_mds_flat"])
def classical_mds(D, k=3):
    """classical_mds multiplies the eigenvectors by the eigenvalues themselves."""
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D**2 @ J / 2)
    return V[:, -k:] * np.maximum(values[-k:], 0)


@mutant("M05-13d", loses=["o7_example_mds", "o7_mds", "o7_mds_flat"])
def classical_mds(D, k=3):
    """classical_mds takes the first k eigenpairs, which are the smallest."""
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D**2 @ J / 2)
    return V[:, :k] * np.sqrt(np.maximum(values[:k], 0))


@mutant("M05-13e", loses=["o7_mds_flat"])
def classical_mds(D, k=3):
    """classical_mds takes the root of an eigenvalue that rounding has made negative."""
    J = np.eye(len(D)) - 1 / len(D)
    values, V = np.linalg.eigh(-J @ D**2 @ J / 2)
    return V[:, -k:] * np.sqrt(values[-k:])


@mutant("M05-14a", loses=["o7_rmsd"])
def kabsch_rmsd(P, Q):
    """kabsch_rmsd does not look at the determinant: it earns half."""
    P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
    U, _, Vt = np.linalg.svd(P.T @ Q)
    return float(np.sqrt(np.mean(np.sum((P @ U @ Vt - Q) ** 2, axis=1))))


@mutant("M05-14b", loses=["o7_example_rmsd", "o7_rmsd"])
def kabsch_rmsd(P, Q):
    """kabsch_rmsd does not move the centres to the origin."""
    U, _, Vt = np.linalg.svd(P.T @ Q)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(U @ Vt))])
    return float(np.sqrt(np.mean(np.sum((P @ U @ flip @ Vt - Q) ** 2, axis=1))))


@mutant("M05-14d", loses=["o7_example_rmsd", "o7_rmsd"])
def kabsch_rmsd(P, Q):
    """kabsch_rmsd turns back the direction of the largest singular value."""
    P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
    U, _, Vt = np.linalg.svd(P.T @ Q)
    flip = np.diag([np.sign(np.linalg.det(U @ Vt)), 1.0, 1.0])
    return float(np.sqrt(np.mean(np.sum((P @ U @ flip @ Vt - Q) ** 2, axis=1))))


@mutant("M05-20a", loses=["o7_example_torsions", "o7_torsions"], file="theory.py")
class torsions_of_opposite_sign:
    """torsions_to_coords builds the mirror image."""

    _torsions = torsions_to_coords

    def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
        return _torsions(-phi, bond, angle_deg)


@mutant("M05-20b", loses=["o7_torsions"], file="theory.py")
class outer_angle:
    """torsions_to_coords takes the angle by which the chain turns for the angle between its bonds."""

    _torsions = torsions_to_coords

    def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
        return _torsions(phi, bond, 180.0 - angle_deg)


@mutant("M05-20d", loses=["o7_torsions"])
def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    """torsions_to_coords does not give the normal of its frame the length 1."""
    theta = np.deg2rad(angle_deg)
    X = [np.zeros(3), np.array([bond, 0.0, 0.0]), np.array([bond - bond * np.cos(theta), bond * np.sin(theta), 0.0])]
    for angle in phi:
        a, b, c = X[-3:]
        u = (c - b) / bond
        n = np.cross((b - a) / bond, u)
        step = -np.cos(theta) * u + np.sin(theta) * (np.cos(angle) * np.cross(n, u) + np.sin(angle) * n)
        X.append(c + bond * step)
    return np.array(X)


@mutant("M05-21a", loses=["o7_stress"], file="theory.py")
class pairs_counted_twice:
    """stress_and_grad sums over the whole matrix, value and gradient."""

    _stress = stress_and_grad

    def stress_and_grad(X, D, W):
        stress, dX = _stress(X, D, W)
        return 2 * stress, 2 * dX


@mutant("M05-21b", loses=["o7_stress"])
def stress_and_grad(X, D, W):
    """stress_and_grad lets each pair pull at one of its points only: a right stress earns a third."""
    stress, dX = 0.0, np.zeros_like(X)
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            r = X[i] - X[j]
            d = np.linalg.norm(r)
            stress += W[i, j] * (d - D[i, j]) ** 2
            dX[i] += 2 * W[i, j] * (d - D[i, j]) * r / d
    return stress, dX


@mutant("M05-21c", loses=["o7_stress"], file="theory.py")
class forces_for_gradient:
    """stress_and_grad returns the forces: a right stress earns a third."""

    _stress = stress_and_grad

    def stress_and_grad(X, D, W):
        stress, dX = _stress(X, D, W)
        return stress, -dX


@mutant("M05-21d", loses=["o7_stress"])
def stress_and_grad(X, D, W):
    """stress_and_grad divides 0 by 0 on the diagonal: a right stress earns a third."""
    r = X[:, None] - X[None, :]
    d = np.linalg.norm(r, axis=2)
    i, j = np.triu_indices(len(X), 1)
    stress = float(np.sum((W * (d - D) ** 2)[i, j]))
    with np.errstate(all="ignore"):
        return stress, ((2 * W * (d - D) / d)[:, :, None] * r).sum(axis=1)


@mutant("M05-21e", loses=["o7_stress"], file="theory.py")
class weights_forgotten:
    """stress_and_grad forgets the weights."""

    _stress = stress_and_grad

    def stress_and_grad(X, D, W):
        return _stress(X, D, np.ones_like(W))
