"""Other right answers: Frontier: physics, Hamiltonian and physics-informed nets."""

from autograder.rubric import accepted


@accepted("drift_kick_drift", file="theory.py")
class drift_kick_drift:
    """leapfrog may drift first: half a drift, a kick, half a drift is as symplectic and as precise."""

    def leapfrog(grad_V, q, p, dt, n):
        q, p = np.array(q, dtype=float), np.array(p, dtype=float)
        for _ in range(n):
            q += dt / 2 * p
            p -= dt * grad_V(q)
            q += dt / 2 * p
        return q, p

    def hnn_field(H_grad, z):
        d = len(z) // 2
        S = np.block([[np.zeros((d, d)), np.eye(d)], [-np.eye(d), np.zeros((d, d))]])
        return S @ H_grad(z)

    def pinn_residual(params, t):
        residual = np.zeros(len(t))
        for i, moment in enumerate(t):
            u, d2u = params["d"], 0.0
            for a, b, c in zip(params["a"], params["b"], params["c"]):
                s = np.tanh(a * moment + b)
                u += c * s
                d2u += c * a * a * 2 * (s**3 - s)
            residual[i] = d2u + params["omega"] ** 2 * u
        return residual


@accepted("physics_by_formula", file="theory.py")
class physics_by_formula:
    """The formulas of the docstrings, done literally; own copies may be changed in place."""

    def leapfrog(grad_V, q, p, dt, n):
        q, p = q.copy(), p.copy()
        for _ in range(n):
            half = p - dt / 2 * grad_V(q)
            q += dt * half
            p = half - dt / 2 * grad_V(q)
        return [q, p]

    def hnn_field(H_grad, z):
        g, d = H_grad(z), z.shape[0] // 2
        return np.concatenate((g[d:], -g[:d])).tolist()

    def pinn_residual(params, t):
        z = np.outer(params["a"], t) + params["b"][:, None]
        s = np.tanh(z)
        s2 = -2 * s * (1 - s**2)
        d2u = np.sum(params["c"][:, None] * params["a"][:, None] ** 2 * s2, axis=0, keepdims=True)
        u = np.sum(params["c"][:, None] * s, axis=0, keepdims=True) + params["d"]
        return d2u + params["omega"] ** 2 * u


@accepted("physics_with_sech", file="theory.py")
class physics_with_sech:
    """The force may be kept from step to step; the second derivative may be written with the hyperbolic secant."""

    def leapfrog(grad_V, q, p, dt, n):
        force = -grad_V(q) if n else 0
        for _ in range(n):
            p = p + 0.5 * dt * force
            q = q + dt * p
            force = -grad_V(q)
            p = p + 0.5 * dt * force
        return q, p

    def hnn_field(H_grad, z):
        return np.roll(H_grad(z), len(z) // 2) * np.repeat([1, -1], len(z) // 2)

    def pinn_residual(params, t):
        z = t.reshape(-1, 1) * params["a"].reshape(1, -1) + params["b"]
        bend = -2 * np.tanh(z) / np.cosh(z) ** 2
        u = np.tanh(z).dot(params["c"]) + params["d"]
        return (
            bend.dot(params["c"] * params["a"] * params["a"])
            + params["omega"] * params["omega"] * u
        )


@accepted("physics_in_float32", file="theory.py")
class physics_in_float32:
    """Work in float32 is precise enough, whatever dtype comes back."""

    def leapfrog(grad_V, q, p, dt, n):
        q, p = np.float32(q), np.float32(p)
        for _ in range(n):
            p = np.float32(p - dt / 2 * grad_V(q))
            q = np.float32(q + dt * p)
            p = np.float32(p - dt / 2 * grad_V(q))
        return q.astype(float), p.astype(float)

    _residual = pinn_residual

    def pinn_residual(params, t):
        return _residual({name: np.float32(value) for name, value in params.items()}, np.float32(t))


@accepted("velocity_verlet", file="theory.py")
class velocity_verlet:
    """leapfrog may be written as the velocity form of Verlet's method: the same steps, without a half."""

    def leapfrog(grad_V, q, p, dt, n):
        for _ in range(n):
            force = -np.asarray(grad_V(q))
            q = q + dt * p + dt**2 / 2 * force
            p = p + dt / 2 * (force - np.asarray(grad_V(q)))
        return q, p

    def hnn_field(H_grad, z):
        dq, dp = np.asarray(H_grad(z)).reshape(2, -1)
        return np.hstack([dp, -dq])[None]
