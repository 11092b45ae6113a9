"""Frontier: physics, Hamiltonian and physics-informed nets"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import (
    assert_array,
    assert_close,
    assert_order,
    criterion,
    is_close,
    partial,
    unpack,
)


def force(submission):
    """Return the gradient of the potential of two coupled pendulums, and the energy."""

    def grad_V(q):
        pull = 0.5 * (q[0] - q[1])
        return np.sin(q) + np.array([pull, -pull])

    def energy(q, p):
        return float(np.sum(p**2) / 2 + np.sum(1 - np.cos(q)) + 0.25 * (q[0] - q[1]) ** 2)

    return submission.callback(grad_V, takes=(ArrayOf((2,), "float"),)), energy


def move(submission, grad_V, q, p, dt, n):
    """Return positions and momenta after n steps, as arrays."""
    q, p = unpack(submission.leapfrog(grad_V, q, p, dt, n), "q p", of="leapfrog")
    return assert_array(q, (2,), name="q"), assert_array(p, (2,), name="p")


def draw(rng):
    """Draw a start with a good deal of energy."""
    return rng.choice([-1.0, 1.0], size=2) * rng.uniform(0.8, 1.4, size=2), rng.uniform(
        -0.5, 0.5, size=2
    )


@criterion(
    "leapfrog: an error of second order",
    points=2,
    tests=["leapfrog"],
    hint="With half of dt the error of the energy must be a quarter. An error that only halves "
    "comes from a kick that is missing or uses the old position; one that does not shrink at all, "
    "from kicks that are whole ones.",
)
def test_o8_energy(submission, rng):
    grad_V, energy = force(submission)
    q0, p0 = draw(rng)
    drifts = []
    for dt, steps in ((0.1, 1), (0.05, 2)):
        q, p = q0, p0
        energies = [energy(q, p)]
        for _ in range(40):
            q, p = move(submission, grad_V, q, p, dt, steps)
            energies.append(energy(q, p))
        drifts.append(float(np.max(np.abs(np.array(energies) - energies[0]))))
    assert_order(drifts, (0.1, 0.05), 2, tolerance=0.1, name="energy drift")


@criterion(
    "leapfrog: reversible",
    points=1,
    tests=["leapfrog"],
    hint="With p turned round, as many steps lead back to the start: a step is kick, drift, kick, "
    "the same seen from either end. q and p of the caller stay as they are: no q += ... before "
    "there is a q of your own.",
)
def test_o8_reversible(submission, rng):
    grad_V, _ = force(submission)
    q0, p0 = draw(rng)
    q, p = move(submission, grad_V, q0, p0, 0.5, 8)
    back = move(submission, grad_V, q, -p, 0.5, 8)
    assert_close(back, (q0, -p0), name="q p there and back", inputs=(q, p), atol=1e-4)
    kept = submission.lend(q0), submission.lend(p0)
    move(submission, grad_V, *kept, 0.5, 8)
    if not is_close([one.value() for one in kept], [q0, p0]):
        partial(
            0.5,
            "The motion is right, but q and p are not what they were: they belong to the caller.",
        )


@criterion(
    "leapfrog: symplectic",
    points=1,
    tests=["leapfrog"],
    hint="Kicks change p by a function of q alone and drifts change q by a function of p alone: so "
    "areas of phase space stay exactly as they are. A midpoint or Runge-Kutta step does not do "
    "that, nor does a step that uses old values where new ones are due.",
)
def test_o8_symplectic(submission, rng):
    grad_V, _ = force(submission)
    q0, p0 = draw(rng)
    h, z0 = 0.03, np.concatenate([q0, p0])

    def end(z):
        return np.concatenate(move(submission, grad_V, z[:2], z[2:], 0.5, 8)).astype(float)

    def column(unit):  # the fourth-order difference: its error is of order h^4, below 1e-6
        near, far = (end(z0 + k * h * unit) - end(z0 - k * h * unit) for k in (1, 2))
        return (8 * near - far) / (12 * h)

    J = np.stack([column(unit) for unit in np.eye(4)], axis=1)
    S = np.block([[np.zeros((2, 2)), np.eye(2)], [-np.eye(2), np.zeros((2, 2))]])
    # In float32, precise to 1e-7, differences are precise to 2e-5; a Runge-Kutta step of order 4 is
    # off by 4e-3.
    assert_close(J.T @ S @ J, S, name="J^T S J of the Jacobian of 8 steps", atol=2e-4)


@criterion(
    "hnn_field: a motion along which the energy stays",
    points=2,
    tests=["hnn_field"],
    hint="z holds all positions, then all momenta. dq/dt is dH/dp, and dp/dt is MINUS dH/dq.",
)
def test_o8_field(submission, rng):
    for d in (1, 2, 5):
        M = rng.normal(size=(2 * d, 2 * d))
        M = M @ M.T
        gradient = lambda z, M=M: M @ z + np.cos(z)
        H_grad = submission.callback(gradient, takes=(ArrayOf((2 * d,), "float"),))
        z = rng.normal(size=2 * d)
        due = gradient(z)
        dz = assert_array(submission.hnn_field(H_grad, z), (2 * d,), name="dz", axes="2d")
        assert_close(dz, np.concatenate([due[d:], -due[:d]]), name="dz", axes="2d")
        assert_close(
            float(np.dot(dz, due)) / float(np.dot(due, due)), 0.0, name="dH/dt", inputs=(dz,)
        )


@criterion(
    "pinn_residual: the exact second derivative",
    points=2,
    tests=["pinn_residual"],
    hint="u'' = sum over j of c_j a_j^2 tanh''(a_j t + b_j). Differences of u are not exact enough "
    "where slow and fast units meet; omega is squared, and d belongs to u.",
)
def test_o8_residual(submission, reference, rng):
    for hidden, n in ((1, 1), (4, 6), (7, 3)):
        params = {name: rng.normal(size=hidden) for name in ("a", "b", "c")} | {
            "d": float(rng.normal()),
            "omega": float(rng.uniform(0.5, 3)),
        }
        t = rng.uniform(-2, 2, size=n)
        residual = submission.pinn_residual(params, t)
        assert_close(residual, reference.pinn_residual(params, t), name="residual", axes="n")

    # A slow unit of size 1e6 and a fast one, equal in their second derivatives: every difference of
    # u is off by 3e-4.
    params = {
        "a": np.array([1e-3, 100.0]),
        "b": np.array([0.7, -0.6]),
        "c": np.array([1e6, 1e-4]),
        "d": 0.5,
        "omega": 1e-3,
    }
    t = rng.uniform(-0.01, 0.02, size=8)
    assert_close(
        submission.pinn_residual(params, t),
        reference.pinn_residual(params, t),
        name="residual of slow and fast units",
    )
