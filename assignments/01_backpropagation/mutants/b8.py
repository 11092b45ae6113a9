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
    loses=["b8_example_forward", "b8_trajectory", "b8_properties"],
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
    loses=["b8_example_forward", "b8_trajectory", "b8_properties"],
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


@mutant("M01-14k", loses=["b8_example_gradient", "b8_gradient", "b8_linearity"])
def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    """An unfinished function returns zeros: simulate_spring_grad."""
    return 0.0, 0.0, 0.0


@mutant(
    "M01-13e",
    loses=["b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient"],
    file="net.py",
)
class one_step_too_few:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": n - 1 steps."""

    _simulate_spring, _simulate_spring_grad = simulate_spring, simulate_spring_grad

    def simulate_spring(q0, v0, k, dt, n):
        return _simulate_spring(q0, v0, k, dt, max(n - 1, 0))

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        qs, q, v = [q0], q0, v0
        for _ in range(n - 1):
            v = v - dt / 2 * k * q
            q = q + dt * v
            v = v - dt / 2 * k * q
            qs.append(q)
        dk = 0.0
        for i in reversed(range(n - 1)):
            dq, dk = dq - dt / 2 * k * dv, dk - dt / 2 * qs[i + 1] * dv
            dv = dv + dt * dq
            dq, dk = dq - dt / 2 * k * dv, dk - dt / 2 * qs[i] * dv
        return dq, dv, dk


@mutant(
    "M01-13f",
    loses=[
        "b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient", "b8_properties", "b8_linearity",
    ],
    file="net.py",
)
class nothing_moves:
    """A trivial simulation with its own right gradient earns nothing: the mass stays where it is."""

    def simulate_spring(q0, v0, k, dt, n):
        return q0, v0

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        return dq, dv, 0.0


@mutant(
    "M01-13g",
    loses=[
        "b8_example_forward", "b8_example_gradient", "b8_trajectory", "b8_gradient", "b8_properties", "b8_linearity",
    ],
    file="net.py",
)
class sum_of_the_inputs:
    """A trivial simulation with its own right gradient earns nothing: q0 + v0 + k."""

    def simulate_spring(q0, v0, k, dt, n):
        return q0 + v0 + k, v0

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        return dq, dq + dv, dq


@mutant("M01-13h", loses=["b8_example_gradient", "b8_gradient"])
def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    """Both kicks of a step take the position after the drift."""
    qs, q, v = [q0], q0, v0
    for _ in range(n):
        q, v = simulate_spring(q, v, k, dt, 1)
        qs.append(q)
    dk = 0.0
    for i in reversed(range(n)):
        dq, dk = dq - dt / 2 * k * dv, dk - dt / 2 * qs[i + 1] * dv
        dv = dv + dt * dq
        dq, dk = dq - dt / 2 * k * dv, dk - dt / 2 * qs[i + 1] * dv
    return dq, dv, dk


@mutant("M01-15m", loses=["b8_example_forward", "b8_trajectory", "b8_properties"])
def simulate_spring(q0, v0, k, dt, n):
    """A function that is still as it was handed out costs its own points: simulate_spring, which the gradient calls."""
    raise NotImplementedError("simulate_spring: not written yet")


@mutant("M01-15n", loses=["b8_example_gradient", "b8_gradient", "b8_linearity"])
def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    """A function that is still as it was handed out costs its own points: simulate_spring_grad."""
    raise NotImplementedError("simulate_spring_grad: not written yet")


@mutant("M01-13i", loses=["b8_example_gradient", "b8_gradient"], file="net.py")
class dk_is_halved:
    """ "Each of several gradients has points of its own": dk is half of what it should be, dq0 and dv0 are right."""

    _simulate_spring_grad = simulate_spring_grad

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        dq0, dv0, dk = _simulate_spring_grad(q0, v0, k, dt, n, dq, dv)
        return dq0, dv0, dk / 2


@mutant("M01-13j", loses=["b8_example_gradient", "b8_gradient"], file="net.py")
class dq0_is_negated:
    """ "Each of several gradients has points of its own": dq0 has the wrong sign, dv0 and dk are right."""

    _simulate_spring_grad = simulate_spring_grad

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        dq0, dv0, dk = _simulate_spring_grad(q0, v0, k, dt, n, dq, dv)
        return -dq0, dv0, dk
