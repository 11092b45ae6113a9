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
