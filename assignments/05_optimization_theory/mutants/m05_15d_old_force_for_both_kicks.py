"""M05-15: leapfrog makes both half kicks with the force of the old position.

file: theory.py
loses: o8_example_leapfrog, o8_energy, o8_symplectic
"""


def leapfrog(grad_V, q, p, dt, n):
    for _ in range(n):
        force = grad_V(q)
        p = p - dt / 2 * force
        q = q + dt * p
        p = p - dt / 2 * force
    return q, p
