"""M05-15: leapfrog is the midpoint method of Runge: of order 2, but neither symplectic nor reversible.

file: theory.py
loses: o8_example_leapfrog, o8_energy, o8_symplectic
"""


def leapfrog(grad_V, q, p, dt, n):
    for _ in range(n):
        middle = p - dt / 2 * grad_V(q)
        p = p - dt * grad_V(q + dt / 2 * p)
        q = q + dt * middle
    return q, p
