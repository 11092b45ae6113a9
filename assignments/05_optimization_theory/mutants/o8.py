"""Mistakes: Frontier: physics, Hamiltonian and physics-informed nets."""

from autograder.rubric import mutant


@mutant("M05-15a", loses=["o8_example_leapfrog", "o8_energy", "o8_reversible"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog makes one whole kick and a drift: symplectic, but of order 1."""
    for _ in range(n):
        p = p - dt * grad_V(q)
        q = q + dt * p
    return q, p


@mutant("M05-15b", loses=["o8_example_leapfrog", "o8_energy"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog makes two whole kicks per step."""
    for _ in range(n):
        p = p - dt * grad_V(q)
        q = q + dt * p
        p = p - dt * grad_V(q)
    return q, p


@mutant("M05-15c", loses=["o8_example_leapfrog", "o8_energy", "o8_reversible", "o8_symplectic"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog is the midpoint method of Runge: of order 2, but neither symplectic nor reversible."""
    for _ in range(n):
        middle = p - dt / 2 * grad_V(q)
        p = p - dt * grad_V(q + dt / 2 * p)
        q = q + dt * middle
    return q, p


@mutant("M05-15d", loses=["o8_example_leapfrog", "o8_energy", "o8_reversible", "o8_symplectic"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog makes both half kicks with the force of the old position."""
    for _ in range(n):
        force = grad_V(q)
        p = p - dt / 2 * force
        q = q + dt * p
        p = p - dt / 2 * force
    return q, p


@mutant("M05-18a", loses=["o8_field"], file="theory.py")
class field_of_opposite_sign:
    """hnn_field runs backwards in time: the energy stays, the motion is wrong."""

    _field = hnn_field

    def hnn_field(H_grad, z):
        return -_field(H_grad, z)


@mutant("M05-18d", loses=["o8_field"])
def hnn_field(H_grad, z):
    """hnn_field reads z as q1, p1, q2, p2, ."""
    g = H_grad(z)
    dz = np.empty_like(g)
    dz[0::2], dz[1::2] = g[1::2], -g[0::2]
    return dz


@mutant("M05-19a", loses=["o8_residual"])
def pinn_residual(params, t):
    """pinn_residual takes the second derivative by differences."""
    def u(t):
        return np.tanh(t[:, None] * params["a"] + params["b"]) @ params["c"] + params["d"]
    h = 1e-4
    return (u(t + h) - 2 * u(t) + u(t - h)) / h**2 + params["omega"] ** 2 * u(t)


@mutant("M05-19b", loses=["o8_example_residual", "o8_residual"])
def pinn_residual(params, t):
    """pinn_residual applies the chain rule once."""
    s = np.tanh(t[:, None] * params["a"] + params["b"])
    return (-2 * s * (1 - s**2)) @ (params["c"] * params["a"]) + params["omega"] ** 2 * (s @ params["c"] + params["d"])


@mutant("M05-19d", loses=["o8_example_residual", "o8_residual"])
def pinn_residual(params, t):
    """pinn_residual forgets the bias of the output."""
    s = np.tanh(t[:, None] * params["a"] + params["b"])
    return (-2 * s * (1 - s**2)) @ (params["c"] * params["a"] ** 2) + params["omega"] ** 2 * (s @ params["c"])


@mutant("M05-15e", loses=["o8_example_leapfrog", "o8_energy", "o8_reversible", "o8_symplectic"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog is the Runge-Kutta method of order 4: precise, but neither reversible nor symplectic."""
    for _ in range(n):
        q1, p1 = p, -grad_V(q)
        q2, p2 = p + dt / 2 * p1, -grad_V(q + dt / 2 * q1)
        q3, p3 = p + dt / 2 * p2, -grad_V(q + dt / 2 * q2)
        q4, p4 = p + dt * p3, -grad_V(q + dt * q3)
        q, p = q + dt / 6 * (q1 + 2 * q2 + 2 * q3 + q4), p + dt / 6 * (p1 + 2 * p2 + 2 * p3 + p4)
    return q, p


@mutant("M05-15f", loses=["o8_reversible"])
def leapfrog(grad_V, q, p, dt, n):
    """leapfrog steps in place, and moves the q and p of its caller: a right motion earns half."""
    for _ in range(n):
        p -= dt / 2 * grad_V(q)
        q += dt * p
        p -= dt / 2 * grad_V(q)
    return q, p


@mutant("M05-19e", loses=["o8_example_residual", "o8_residual"])
def pinn_residual(params, t):
    """pinn_residual does not square omega."""
    s = np.tanh(t[:, None] * params["a"] + params["b"])
    return (-2 * s * (1 - s**2)) @ (params["c"] * params["a"] ** 2) + params["omega"] * (s @ params["c"] + params["d"])
