"""Other right answers: Through a simulator."""

from autograder.rubric import accepted


@accepted("numpy_scalars_of_the_spring", file="net.py")
class numpy_scalars_of_the_spring:
    """np.float64 numbers of the simulator are as good as float."""

    _simulate_spring, _simulate_spring_grad = simulate_spring, simulate_spring_grad

    def simulate_spring(q0, v0, k, dt, n):
        return list(map(np.float64, _simulate_spring(q0, v0, k, dt, n)))

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        return tuple(map(np.asarray, _simulate_spring_grad(q0, v0, k, dt, n, dq, dv)))


@accepted("spring_with_merged_kicks", file="net.py")
class spring_with_merged_kicks:
    """neighbouring half kicks may be merged into whole ones; the result differs by rounding."""

    def simulate_spring(q0, v0, k, dt, n):
        if n == 0:
            return q0, v0
        q, v = q0, v0 - 0.5 * dt * k * q0
        for step in range(n):
            q = q + dt * v
            v = v - dt * k * q
        return q, v + 0.5 * dt * k * q

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        """Undo the steps instead of storing them: leapfrog is reversible."""
        q, v = simulate_spring(q0, v0, k, dt, n)
        dk = 0.0
        for step in range(n):
            half = v + dt / 2 * k * q
            before = q - dt * half
            dq -= dt / 2 * k * dv
            dk -= dt / 2 * q * dv
            dv += dt * dq
            dq -= dt / 2 * k * dv
            dk -= dt / 2 * before * dv
            q, v = before, half + dt / 2 * k * before
        return dq, dv, dk
