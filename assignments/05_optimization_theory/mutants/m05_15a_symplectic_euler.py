"""M05-15: leapfrog makes one whole kick and a drift: symplectic, but of order 1.

file: theory.py
loses: o8_example_leapfrog, o8_energy, o8_symplectic
"""


def leapfrog(grad_V, q, p, dt, n):
    for _ in range(n):
        p = p - dt * grad_V(q)
        q = q + dt * p
    return q, p
