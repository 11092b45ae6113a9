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


@accepted("spring_forward_mode", file="net.py")
class spring_forward_mode:
    """Derivatives carried forward with the simulation, instead of back through it; arrays of one number, and lists."""

    def simulate_spring(q0, v0, k, dt, n):
        state = np.array([q0, v0], dtype=float)
        kick, drift = np.array([[1, 0], [-dt / 2 * k, 1]]), np.array([[1, dt], [0, 1]])
        state = np.linalg.matrix_power(kick @ drift @ kick, n) @ state
        return [state[:1], state[1:]]

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        q, v = q0, v0
        q_by, v_by = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])  # by q0, v0 and k
        by_k = np.array([0.0, 0.0, 1.0])
        for _ in range(n):
            v, v_by = v - dt / 2 * k * q, v_by - dt / 2 * (k * q_by + q * by_k)
            q, q_by = q + dt * v, q_by + dt * v_by
            v, v_by = v - dt / 2 * k * q, v_by - dt / 2 * (k * q_by + q * by_k)
        return (dq * q_by + dv * v_by).tolist()


@accepted("spring_by_recursion", file="net.py")
class spring_by_recursion:
    """A step calls the next one, and the gradient comes back with the calls."""

    from collections import namedtuple

    State = namedtuple("State", "q v")

    def simulate_spring(q0, v0, k, dt, n):
        if n == 0:
            return State(q0, v0)
        half = v0 - dt * k * q0 / 2
        q = q0 + dt * half
        return simulate_spring(q, half - dt * k * q / 2, k, dt, n - 1)

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        if n == 0:
            return dq, dv, 0.0
        half = v0 - dt * k * q0 / 2
        q = q0 + dt * half
        dq, dv, dk = simulate_spring_grad(q, half - dt * k * q / 2, k, dt, n - 1, dq, dv)
        dq, dk = dq - dt / 2 * k * dv, dk - dt / 2 * q * dv
        dv = dv + dt * dq
        return dq - dt / 2 * k * dv, dv, dk - dt / 2 * q0 * dv


@accepted("spring_in_float32", file="net.py")
class spring_in_float32:
    """ "float32 precision": both functions compute in it."""

    _simulate_spring, _simulate_spring_grad = simulate_spring, simulate_spring_grad

    def simulate_spring(q0, v0, k, dt, n):
        return _simulate_spring(*map(np.float32, (q0, v0, k, dt)), n)

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        return _simulate_spring_grad(*map(np.float32, (q0, v0, k, dt)), n, *map(np.float32, (dq, dv)))


@accepted("spring_with_helpers", file="net.py")
class spring_with_helpers:
    """A step and its backward pass as functions of one's own, with a tape of caches."""

    def kick(q, v, k, dt):
        return v - 0.5 * dt * k * q, (q, k, dt)

    def kick_backward(dv, cache):
        q, k, dt = cache
        return -0.5 * dt * k * dv, dv, -0.5 * dt * q * dv

    def run(q, v, k, dt, n):
        tape = []
        for _ in range(n):
            v, first = kick(q, v, k, dt)
            q = q + dt * v
            v, second = kick(q, v, k, dt)
            tape += [(first, second)]
        return q, v, tape

    def simulate_spring(q0, v0, k, dt, n):
        return run(q0, v0, k, dt, n)[:2]

    def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
        *_, tape = run(q0, v0, k, dt, n)
        total = 0.0
        for first, second in tape[::-1]:
            moved, dv, share = kick_backward(dv, second)
            dq, total = dq + moved, total + share
            dv += dt * dq
            moved, dv, share = kick_backward(dv, first)
            dq, total = dq + moved, total + share
        return dq, dv, total
