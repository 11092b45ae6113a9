"""Frontier: protein folding, geometry"""

import numpy as np

from autograder.rubric import assert_array, assert_close, criterion


@criterion(
    "torsions_to_coords: four atoms",
    points=1,
    tests=["torsions_to_coords"],
    hint="With right angles and a torsion of 0 four atoms are the corners of a square, with pi "
    "they zigzag. With pi/2 the sign counts: seen along the middle bond, from the second atom, the "
    "fourth is turned clockwise away from the first.",
)
def test_o7_example_torsions(submission):
    for phi, far in (
        (0.0, 1.0),
        (np.pi, np.sqrt(5.0)),
        (np.pi / 2, np.sqrt(3.0)),
        (-np.pi / 2, np.sqrt(3.0)),
    ):
        X = submission.torsions_to_coords(np.array([phi]), bond=1.0, angle_deg=90.0)
        X = assert_array(X, (4, 3), name="X", axes="n+3 3")
        assert_close(
            float(np.linalg.norm(X[3] - X[0])),
            far,
            name=f"distance of the first and fourth atom for phi = {phi:.3g}",
            inputs=(X,),
        )
        a, b, c = np.diff(X, axis=0)
        volume = float(
            np.dot(a, np.cross(b, c))
        )  # of the three bonds: positive for a right-handed screw
        assert_close(
            volume,
            float(np.round(np.sin(phi))),
            name=f"handedness for phi = {phi:.3g}",
            inputs=(X,),
        )


@criterion(
    "classical_mds: a triangle",
    points=1,
    tests=["classical_mds"],
    hint="The distances are squared first, then centred along both axes, times -1/2; take the "
    "LARGEST eigenvalues and their roots.",
)
def test_o7_example_mds(submission):
    D = np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]])
    X = assert_array(submission.classical_mds(D, 2), (3, 2), name="X", axes="n k")
    distances = np.linalg.norm(X[:, None] - X[None, :], axis=2)
    assert_close(distances, D, name="distances of the points", inputs=(X,))


@criterion(
    "kabsch_rmsd: two structures to do by hand",
    points=1,
    tests=["kabsch_rmsd"],
    hint="First move both centres to the origin. The root is taken of the mean over atoms of "
    "squared distances.",
)
def test_o7_example_rmsd(submission):
    P = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, -2.0, 0.0]])
    turned = P[:, [1, 2, 0]] + 7.0
    assert_close(
        submission.kabsch_rmsd(P, turned),
        0.0,
        name="rmsd of a structure that was turned and moved",
        atol=5e-3,
    )
    assert_close(
        submission.kabsch_rmsd(P, 2 * P), np.sqrt(2.5), name="rmsd of a structure twice as large"
    )  # (1 + 1 + 4 + 4) / 4
