"""Mistakes: Through a simulator."""

from autograder.rubric import mutant


@mutant(
    "M01-13a",
    loses=["b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient", "b8_properties"],
    file="net.py",
)
class euler:
    """Euler's method instead of leapfrog, with its own right adjoint."""

    def simulate_spring(q0, v0, k, dt, n):
        q, v = q0, v0
        for _ in range(n):
            q, v = q + dt * v, v - dt * k * q
        return q, v

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        qs, q, v = [], q0, v0
        for _ in range(n):
            qs.append(q)
            q, v = q + dt * v, v - dt * k * q
        dk = 0.0
        for q in reversed(qs):
            dk -= dt * q * dv
            dq, dv = dq - dt * k * dv, dv + dt * dq
        return dq, dv, dk


@mutant(
    "M01-13b",
    loses=["b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient", "b8_properties"],
)
def simulate_spring(q0, v0, k, dt, n):
    """Both kicks of a step are whole ones."""
    q, v = q0, v0
    for _ in range(n):
        v = v - dt * k * q
        q = q + dt * v
        v = v - dt * k * q
    return q, v


@mutant(
    "M01-13c",
    loses=["b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient", "b8_properties"],
)
def simulate_spring(q0, v0, k, dt, n):
    """One whole kick before the drift instead of a half before and a half after (symplectic Euler)."""
    q, v = q0, v0
    for _ in range(n):
        v = v - dt * k * q
        q = q + dt * v
    return q, v


@mutant("M01-13d", loses=["b8_gradient"])
def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    """dk is overwritten in every step instead of summed (found while building; not in the table)."""
    qs, q, v = [q0], q0, v0
    for _ in range(n):
        q, v = simulate_spring(q, v, k, dt, 1)
        qs.append(q)
    dk = 0.0
    for i in reversed(range(n)):
        dq = dq - dt / 2 * k * dv
        dk = -dt / 2 * qs[i + 1] * dv
        dv = dv + dt * dq
        dq = dq - dt / 2 * k * dv
        dk += -dt / 2 * qs[i] * dv
    return dq, dv, dk


@mutant("M01-14k", loses=["b8_example_gradient", "b8_gradient", "b8_properties"])
def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    """An unfinished function returns zeros: simulate_spring_grad."""
    return 0.0, 0.0, 0.0
