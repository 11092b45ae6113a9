"""M05-15: leapfrog makes two whole kicks per step.

file: theory.py
loses: o8_energy
"""


def leapfrog(grad_V, q, p, dt, n):
    for _ in range(n):
        p = p - dt * grad_V(q)
        q = q + dt * p
        p = p - dt * grad_V(q)
    return q, p
