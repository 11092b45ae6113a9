"""Accepted: neighbouring half kicks may be merged; answers in float32 are precise enough.

file: theory.py
loses:
"""


def leapfrog(grad_V, q, p, dt, n):
    if n == 0:
        return q, p
    p = p - dt / 2 * grad_V(q)
    for step in range(n):
        q = q + dt * p
        p = p - (dt if step < n - 1 else dt / 2) * grad_V(q)
    return q, p


_residual, _field, _optimal_gd = pinn_residual, hnn_field, run_gd


def pinn_residual(params, t):
    return _residual(params, t).astype(np.float32)


def hnn_field(H_grad, z):
    print("a field at", z)
    return _field(H_grad, z).astype(np.float32)


def run_gd(A, x0, n, lr):
    return _optimal_gd(A, x0, n, lr).astype(np.float32)
