"""Frontier: physics, Hamiltonian and physics-informed nets"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "leapfrog: there and back again",
    points=1,
    tests=["leapfrog"],
    hint="Half a kick, a drift, half a kick. Turn p round, and the same number of steps leads back "
    "to the start, whatever dt is. Under a constant force the motion is exact: each of the two "
    "kicks is half as long as the drift.",
)
def test_o8_example_leapfrog(submission):
    q0, p0 = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    for n in (0, 1, 3):
        q, p = unpack(submission.leapfrog(np.sin, q0, p0, 0.5, n), "q p", of="leapfrog")
        back = unpack(submission.leapfrog(np.sin, q, -p, 0.5, n), "q p", of="leapfrog")
        assert_close(back, (q0, -p0), name="q p there and back", inputs=(q, p))
    # Free fall for two seconds: q + 2 p - 2 g and p - 2 g, with the slope g = (1, 2).
    q, p = unpack(
        submission.leapfrog(lambda q: np.array([1.0, 2.0]), q0, p0, 0.5, 4), "q p", of="leapfrog"
    )
    assert_close(
        (q, p), (np.array([0.0, -5.5]), np.array([-1.5, -3.75])), name="q p under a constant force"
    )


@criterion(
    "pinn_residual: one unit to do by hand",
    points=1,
    tests=["pinn_residual"],
    hint="With s = tanh(z), s'' = -2 s (1 - s^2) with respect to z; with respect to t it comes "
    "with a squared. Omega is squared, too, and u has its d.",
)
def test_o8_example_residual(submission):
    # At t = log(3) / 4 the unit has z = log(3) / 2, s = 1/2 and s'' = -3/4, so u'' = -3 and u = 1/2
    # + 1/2.
    params = {
        "a": np.array([2.0]),
        "b": np.array([0.0]),
        "c": np.array([1.0]),
        "d": 0.5,
        "omega": 2.0,
    }
    residual = submission.pinn_residual(params, np.array([np.log(3.0) / 4, 0.0]))
    assert_close(residual, np.array([1.0, 2.0]), name="residual", axes="n")
