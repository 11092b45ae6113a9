"""Frontier: protein folding, geometry"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_gradient,
    criterion,
    is_close,
    partial,
    unpack,
)


def rotation(rng):
    """Return a random proper rotation."""
    Q, R = np.linalg.qr(rng.normal(size=(3, 3)))
    Q = Q * np.sign(np.diag(R))
    return Q if np.linalg.det(Q) > 0 else Q[:, ::-1]


def distances(X):
    """Return all distances of points."""
    X = X.astype(float)
    return np.linalg.norm(X[:, None] - X[None, :], axis=2)


def dihedrals(X):
    """Return the torsion angles of a chain [rad], by the arc tangent of two components."""
    bonds = np.diff(X, axis=0)
    a, b, c = bonds[:-2], bonds[1:-1], bonds[2:]
    first, second = np.cross(a, b), np.cross(b, c)
    sine = np.sum(np.cross(first, second) * b, axis=1) / np.linalg.norm(b, axis=1)
    return np.arctan2(sine, np.sum(first * second, axis=1))


@criterion(
    "torsions_to_coords: bonds, angles and torsions",
    points=3,
    tests=["torsions_to_coords"],
    hint="Measure your chain: all distances of neighbours are `bond`, all angles at an atom "
    "`angle_deg`, and the torsions those that were asked for, with their sign. An error that grows "
    "along the chain comes from a frame whose axes have lost norm 1.",
)
def test_o7_torsions(submission, rng):
    for n, settings in (
        (1, {}),
        (12, {}),
        (0, {}),
        (5, {"bond": 3.8, "angle_deg": 91.0}),
        (40, {"bond": 1.2, "angle_deg": 140.0}),
    ):
        phi = rng.uniform(-np.pi, np.pi, size=n)
        X = assert_array(
            submission.torsions_to_coords(phi, **settings), (n + 3, 3), name="X", axes="n+3 3"
        )
        bond, angle = settings.get("bond", 1.5), settings.get("angle_deg", 110.0)
        bonds = np.diff(X, axis=0)
        lengths = np.linalg.norm(bonds, axis=1)
        assert_close(lengths, np.full(n + 2, bond), name="bond lengths", inputs=(X,))
        cosines = -np.sum(bonds[:-1] * bonds[1:], axis=1) / bond**2
        assert_close(
            cosines,
            np.full(n + 1, np.cos(np.deg2rad(angle))),
            name="cosines of the bond angles",
            inputs=(X,),
        )
        found = dihedrals(X)
        assert_close(np.cos(found), np.cos(phi), name="cosines of the torsion angles", inputs=(X,))
        assert_close(np.sin(found), np.sin(phi), name="sines of the torsion angles", inputs=(X,))


@criterion(
    "classical_mds: points with the given distances",
    points=2,
    tests=["classical_mds"],
    hint="-1/2 J D^2 J has the inner products, with D SQUARED; the k largest eigenvalues, and the "
    "roots of them times the eigenvectors.",
)
def test_o7_mds(submission, rng):
    for n, k in ((8, 3), (20, 3), (6, 2), (5, 1)):
        D = distances(rng.normal(size=(n, k)) * rng.uniform(0.5, 3, size=k))
        X = assert_array(submission.classical_mds(D, k), (n, k), name="X", axes="n k")
        assert_close(distances(X), D, name="distances of the points", axes="n n", inputs=(X,))
    D = distances(rng.normal(size=(7, 3)))
    X = assert_array(submission.classical_mds(D), (7, 3), name="X without k", axes="n k")
    assert_close(distances(X), D, name="distances of the points", axes="n n", inputs=(X,))


@criterion(
    "classical_mds: a flat structure",
    points=1,
    tests=["classical_mds"],
    hint="The distances are those of points in a plane or on a line. The third eigenvalue is then "
    "0, and rounding may make it -1e-16: what is below 0 has no root, and counts as 0.",
)
def test_o7_mds_flat(submission, rng):
    # Three points have two positive eigenvalues and one of rounding, whose sign is that of chance:
    # so many triangles.
    for n, spread in [(3, (1.0, 1.0, 0.0))] * 40 + [
        (4, (1.0, 1.0, 0.0)),
        (9, (1.0, 1.0, 0.0)),
        (5, (1.0, 0.0, 0.0)),
    ]:
        D = distances(rng.normal(size=(n, 3)) * np.array(spread))
        X = assert_array(submission.classical_mds(D, 3), (n, 3), name="X", axes="n k")
        # An eigenvalue of rounding size, 1e-6 in float32, has a root of 1e-3.
        assert_close(
            distances(X), D, name="distances of the points", axes="n n", inputs=(X,), atol=5e-3
        )


@criterion(
    "stress_and_grad: value and gradient",
    points=3,
    tests=["stress_and_grad"],
    hint="Each pair counts once (a sum over the whole matrix has it twice), but pulls at both of "
    "its points. Mind the diagonal: 0 / 0 is NaN, and W is not 0 there.",
)
def test_o7_stress(submission, reference, rng):
    found = []
    for n in (2, 5, 9):
        X = 3 * rng.normal(size=(n, 3))
        D, W = (symmetric(rng.uniform(0.5, 2, size=(n, n))) for _ in range(2))
        stress, dX = unpack(submission.stress_and_grad(X, D, W), "stress dX", of="stress_and_grad")
        stress = assert_array(stress, (), name="stress")
        dX = assert_array(dX, (n, 3), name="dX", axes="n 3", finite=False)
        assert_close(stress, reference.stress_and_grad(X, D, W)[0], name="stress")
        moved = X @ rotation(rng).T + rng.normal(size=3)
        again, _ = unpack(
            submission.stress_and_grad(moved, D, W), "stress dX", of="stress_and_grad"
        )
        assert_close(again, stress, name="stress of the structure elsewhere")
        found.append((lambda X, D=D, W=W: reference.stress_and_grad(X, D, W)[0], X, dX))
    try:
        for stress_at, X, dX in found:
            assert_stress_gradient(stress_at, X, dX, rng)
    except CheckFailed as failed:
        partial(1 / 3, f"The stress is right, its gradient is not: {failed.message}")


def assert_stress_gradient(stress_at, X, dX, rng):
    """Check the gradient of the stress, and that its forces neither push nor turn the whole."""
    assert_gradient(stress_at, X, dX, rng=rng, name="dX", axes="n 3")
    size = float(np.sum(np.abs(dX)))
    assert_close(dX.sum(axis=0) / size, np.zeros(3), name="sum of the forces", inputs=(dX,))
    assert_close(
        np.cross(X, dX).sum(axis=0) / size,
        np.zeros(3),
        name="sum of the torques",
        inputs=(dX,),
        atol=1e-4,
    )


def symmetric(matrix):
    """Return a symmetric matrix; its diagonal is not 0."""
    return (matrix + matrix.T) / 2


@criterion(
    "kabsch_rmsd: rotations count for nothing, reflections do",
    points=2,
    tests=["kabsch_rmsd"],
    hint="Both centres go to the origin first. The best orthogonal matrix may be a reflection: "
    "then its determinant is -1, and the direction with the smallest singular value is to be "
    "turned back. A protein and its mirror image are not the same.",
)
def test_o7_rmsd(submission, reference, rng):
    mirror_images, due = [], []
    for n in (4, 6, 15):
        P = draw_solid(reference, rng, n)
        moved = P @ rotation(rng).T + 5 * rng.normal(size=3)
        assert_close(
            submission.kabsch_rmsd(P, moved),
            0.0,
            name="rmsd after a rotation and a translation",
            atol=5e-3,
        )
        mirrored = moved * np.array([1.0, 1.0, -1.0])
        mirror_images.append(submission.kabsch_rmsd(P, mirrored))
        due.append(reference.kabsch_rmsd(P, mirrored))
        noisy = moved + 0.3 * rng.normal(size=(n, 3))
        assert_close(
            submission.kabsch_rmsd(P, noisy),
            reference.kabsch_rmsd(P, noisy),
            name="rmsd of a similar structure",
        )
        assert_close(
            submission.kabsch_rmsd(noisy, P),
            reference.kabsch_rmsd(P, noisy),
            name="rmsd the other way round",
        )
    if not is_close(mirror_images, due):
        partial(
            0.5,
            "Structures that can be turned into one another are right; the mirror image is not.",
        )
    assert_close(mirror_images, due, name="rmsd of the mirror images")


def draw_solid(reference, rng, n):
    """Draw points until they are so far from a plane that their mirror image is another structure."""
    while True:
        P = rng.normal(size=(n, 3)) * np.array([3.0, 2.0, 1.0])
        if reference.kabsch_rmsd(P, P * np.array([1.0, 1.0, -1.0])) > 0.2:
            return P
