"""Through a simulator"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_close,
    assert_consistent,
    assert_finite,
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


def draw(rng):
    """Draw q0, v0 and k; neither q0 nor v0 is near 0."""
    q0, v0 = rng.choice([-1.0, 1.0], size=2) * rng.uniform(0.5, 1.5, size=2)
    return float(q0), float(v0), float(rng.uniform(1, 4))


def simulate(submission, *args):
    """Return position and velocity as numbers."""
    q, v = unpack(submission.simulate_spring(*args), "q v", of="simulate_spring")
    for name, value in (("q", q), ("v", v)):
        check(isinstance(value, (int, float, np.number, np.ndarray)) and np.shape(value) == (), f"{name}: expected a number.", kind="type")
    return float(q), float(v)


@criterion(
    "Spring: trajectory",
    points=2,
    tests=["simulate_spring"],
    provided=LAYERS,
    hint="Kick, drift and kick once per step, n times; with n = 0 nothing happens. dt/2 belongs to the kicks, dt to the drift.",
)
def test_b8_trajectory(submission, reference, rng):
    for n in STEPS:
        for dt in (0.05, 0.5):
            q0, v0, k = draw(rng)
            actual = submission.simulate_spring(q0, v0, k, dt, n)
            assert_close(actual, reference.simulate_spring(q0, v0, k, dt, n), name="q v", operations=6 * n + 1)


@criterion(
    "Spring: adjoint of the simulation",
    points=5,
    tests=["simulate_spring_grad"],
    provided=LAYERS,
    hint="Walk the steps backwards with the positions of the forward pass, and sum dk over both kicks of every step: a common "
    "slip is to take the position after the drift for both kicks.",
)
def test_b8_gradient(submission, reference, rng):
    for n in (2, *STEPS):
        for dq, dv in ((1.0, 0.0), (0.0, 1.0), tuple(map(float, rng.normal(size=2)))):
            args = (*draw(rng), 0.05, n)
            actual = submission.simulate_spring_grad(*args, dq, dv)
            right = reference.simulate_spring_grad(*args, dq, dv)
            if n == STEPS[2] and not is_close(actual, right):
                half_for_own_gradient(submission, rng, args, (dq, dv), actual)
            assert_close(actual, right, name="dq0 dv0 dk")


def half_for_own_gradient(submission, rng, args, upstream, gradients):
    """Give half of the points for a gradient that is that of the submission's own, wrong simulation."""
    q0, v0, k, dt, n = args

    def own_simulation(q0, v0, k):
        return submission.simulate_spring(float(q0), float(v0), float(k), dt, n)

    at = {"q0": q0, "v0": v0, "k": k}
    try:
        assert_consistent(own_simulation, at, gradients, upstream=upstream, rng=rng, name="dq0 dv0 dk")
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own simulation, but that is not the leapfrog method.")


@criterion(
    "Spring: energy, reversal and linearity",
    points=3,
    tests=["simulate_spring", "simulate_spring_grad"],
    provided=LAYERS,
    hint="With half of dt the error of the energy is a quarter; with the velocity turned round the mass goes back to where it "
    "came from; the gradient is linear in (dq, dv). Euler's method and whole kicks fail the first two.",
)
def test_b8_properties(submission, rng):
    q0, v0, k = draw(rng)
    dt = 0.1 / np.sqrt(k)  # a tenth of a radian per step
    drifts = [energy_drift(submission, q0, v0, k, dt / refine, refine) for refine in (1, 2)]
    assert_order(drifts, (1.0, 0.5), 2, tolerance=0.07, name="energy drift")  # a ratio of 4 within 5 %

    q, v = simulate(submission, q0, v0, k, 0.1, 50)
    assert_close(submission.simulate_spring(q, -v, k, 0.1, 50), (q0, -v0), name="q v there and back", atol=1e-6)

    def gradient(dq, dv):
        answer = unpack(submission.simulate_spring_grad(q0, v0, k, 0.1, 20, dq, dv), "dq0 dv0 dk", of="simulate_spring_grad")
        assert_finite(answer, name="dq0, dv0, dk")
        return np.array([float(part) for part in answer])

    along_q, along_v, both = gradient(1.0, 0.0), gradient(0.0, 1.0), gradient(2.0, -3.0)
    check(bool(np.any(along_q != 0) and np.any(along_v != 0)), "dq0, dv0, dk: all of them are zero.", kind="gradient")
    assert_close(both, 2 * along_q - 3 * along_v, name="gradient of 2 q - 3 v", atol=1e-5)


def energy_drift(submission, q0, v0, k, dt, refine):
    """Return the largest error of the energy over 40 moments, 0.1 rad apart."""
    energies = []
    for moment in range(41):
        q, v = simulate(submission, q0, v0, k, dt, moment * refine)
        energies.append(v**2 / 2 + k * q**2 / 2)
    return float(np.max(np.abs(np.array(energies) - energies[0])))
