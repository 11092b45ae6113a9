"""M01-13: one whole kick before the drift instead of a half before and a half after (symplectic Euler).

file: net.py
loses: b8_example_forward, b8_example_gradient, b8_trajectory, b8_gradient, b8_properties
"""


def simulate_spring(q0, v0, k, dt, n):
    q, v = q0, v0
    for _ in range(n):
        v = v - dt * k * q
        q = q + dt * v
    return q, v
