"""Through a simulator"""

import numpy as np
import pytest

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    assert_order,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

#: net.py imports them: with these, a layers.py that cannot be loaded does not cost this exercise too.
LAYERS = ["affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"]
STEPS = (0, 1, 2, 3, 17, 200)
UPSTREAM = ((1.0, 0.0), (0.0, 1.0), (0.7, -1.2))
PARTS = {"dq0": "q0", "dv0": "v0", "dk": "k"}  # each gradient, and what it belongs to


def draw(rng):
    """Draw q0, v0 and k; neither q0 nor v0 is near 0."""
    q0, v0 = rng.choice([-1.0, 1.0], size=2) * rng.uniform(0.5, 1.5, size=2)
    return float(q0), float(v0), float(rng.uniform(1, 4))


def simulate(submission, *args):
    """Return position and velocity as numbers."""
    q, v = unpack(submission.simulate_spring(*args), "q v", of="simulate_spring")
    return float(assert_array(q, (), name="q")), float(assert_array(v, (), name="v"))


def gradient(submission, *args):
    """Return the three gradients."""
    return np.array([float(assert_array(part_of(submission, name, *args), (), name=name)) for name in PARTS])


def part_of(submission, part, *args):
    """Return one of the three gradients, whatever it is."""
    answer = unpack(submission.simulate_spring_grad(*args), "dq0 dv0 dk", of="simulate_spring_grad")
    return answer[list(PARTS).index(part)]


@criterion(
    "Spring: trajectory",
    points=2,
    tests=["simulate_spring"],
    provided=LAYERS,
    hint="Kick, drift and kick once per step, n times; with n = 0 nothing happens. dt/2 belongs "
    "to the kicks, dt to the drift.",
)
def test_b8_trajectory(submission, reference, rng):
    for n in STEPS:
        for dt in (0.05, 0.5):
            q0, v0, k = draw(rng)
            actual = submission.simulate_spring(q0, v0, k, dt, n)
            assert_close(actual, reference.simulate_spring(q0, v0, k, dt, n), name="q v", operations=6 * n + 1)


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "Spring: adjoint of the simulation",
    points=5,
    tests=["simulate_spring_grad"],
    provided=LAYERS,
    hint="dq0, dv0 and dk count a third each. Walk the steps backwards, and the lines of each step "
    "from the last to the first. A kick hands dv on to q as well, times -k dt/2, and the "
    "drift hands dq on to v, times dt; with n = 0 dq and dv come back as they are. dk is a "
    "sum over both kicks of every step, each with the position at which it happened.",
)
def test_b8_gradient(submission, reference, rng, part):
    cases = [(*draw(rng), 0.05, n, *upstream) for n in (2, *STEPS) for upstream in UPSTREAM]
    right = [reference.simulate_spring_grad(*args)[list(PARTS).index(part)] for args in cases]
    if not is_right(submission, part, cases, right):
        mend_simulation(submission, reference, rng, part, cases, right)
    for args, expected in zip(cases, right, strict=True):
        assert_close(part_of(submission, part, *args), expected, name=part)


def is_right(submission, part, cases, right):
    """Return True if one of the gradients is right in all cases."""
    try:
        return all(
            is_close(part_of(submission, part, *args), expected, name=part)
            for args, expected in zip(cases, right, strict=True)
        )
    except Exception:  # it may call a simulation that is not written
        return False


def mend_simulation(submission, reference, rng, part, cases, right):
    """Put a right simulation in the place of the submission's own, which is graded elsewhere, or give half."""
    own = submission.lend(submission.simulate_spring) if "simulate_spring" in submission else None
    submission.assign("simulate_spring", reference.simulate_spring)
    if own is not None and not is_right(submission, part, cases, right):
        submission.assign("simulate_spring", own)
        half_for_own_gradient(submission, rng, part)


def half_for_own_gradient(submission, rng, part):
    """Give half of the points for a gradient of the submission's own, wrong simulation."""
    q0, v0, k = draw(rng)
    dt, n, dq, dv = 0.05, 2, 0.7, -1.2

    at = {"q0": q0, "v0": v0, "k": k}
    name = PARTS[part]

    def own_simulation(**moved):
        given = {**at, name: float(moved[name])}
        return simulate(submission, given["q0"], given["v0"], given["k"], dt, n)

    try:
        gradients = gradient(submission, q0, v0, k, dt, n, dq, dv)
        own = {name: gradients[list(PARTS).index(part)]}
        assert_consistent(own_simulation, {name: at[name]}, own, upstream=(dq, dv), rng=rng, name=part)
        check_motion(submission, q0, v0, k, dt, n)
        other = gradient(submission, q0 + 1, v0, k, dt, n, dq, dv)
        check(not is_close(other[2], gradients[2]), "dk: it is the same for another q0.", kind="gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"{part} is that of your own simulation, which ends elsewhere than the one that is asked for.")


def check_motion(submission, q0, v0, k, dt, n):
    """Check that something moves with time: the end depends on the length and on the number of the steps."""
    end = simulate(submission, q0, v0, k, dt, n)
    others = simulate(submission, q0, v0, k, 2 * dt, n), simulate(submission, q0, v0, k, dt, 2 * n)
    check(not any(is_close(other, end) for other in others), "q, v: they are the same for other dt or n.")


@pytest.mark.parametrize("case", ["energy", "reversal"])
@criterion(
    "Spring: energy and reversal",
    points=2,
    tests=["simulate_spring"],
    provided=LAYERS,
    hint="A point each. With half of dt the error of the energy is a quarter: Euler's method, "
    "and kicks that are no halves, fail here. With the velocity turned round the mass goes "
    "back to where it came from: a step that is not the same read backwards fails.",
)
def test_b8_properties(submission, rng, case):
    q0, v0, k = draw(rng)
    if case == "energy":
        dt = 0.2 / np.sqrt(k)  # a fifth of a radian per step
        drifts = [energy_drift(submission, q0, v0, k, dt / refine, refine) for refine in (1, 2)]
        assert_order(drifts, (1.0, 0.5), 2, tolerance=0.07, name="energy drift")  # a ratio of 4 within 5 %
    else:
        q, v = simulate(submission, q0, v0, k, 0.1, 50)
        check(not is_close((q, v), (q0, v0)), "q, v: after 50 steps they are what they were.")
        assert_close(submission.simulate_spring(q, -v, k, 0.1, 50), (q0, -v0), name="q v there and back")


def energy_drift(submission, q0, v0, k, dt, refine):
    """Return the largest error of the energy over 40 moments, 0.2 rad apart."""
    energies = []
    for moment in range(41):
        q, v = simulate(submission, q0, v0, k, dt, moment * refine)
        energies.append(v**2 / 2 + k * q**2 / 2)
    return float(np.max(np.abs(np.array(energies) - energies[0])))


@criterion(
    "Spring: the gradient is linear in what comes from above",
    points=1,
    tests=["simulate_spring_grad"],
    provided=[*LAYERS, "simulate_spring"],
    hint="The gradient for (2, -3) is twice the one for (1, 0) less three times the one for (0, "
    "1): dq and dv are multiplied and added up, nothing else. dk depends on where the mass "
    "was.",
)
def test_b8_linearity(submission, rng):
    q0, v0, k = draw(rng)
    along_q, along_v, both = (gradient(submission, q0, v0, k, 0.1, 20, *up) for up in ((1.0, 0.0), (0.0, 1.0), (2.0, -3.0)))
    check(bool(np.any(along_q != 0) and np.any(along_v != 0)), "dq0, dv0, dk: all of them are zero.", kind="gradient")
    elsewhere = gradient(submission, q0 + 1, v0, k, 0.1, 20, 2.0, -3.0)
    check(not is_close(elsewhere[2], both[2]), "dk: it is the same for another q0.", kind="gradient")
    assert_close(both, 2 * along_q - 3 * along_v, name="gradient of 2 q - 3 v")
