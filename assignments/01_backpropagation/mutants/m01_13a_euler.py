"""M01-13: Euler's method instead of leapfrog, with its own right adjoint.

file: net.py
loses: b8_example_forward, b8_example_gradient, b8_trajectory, b8_gradient, b8_properties
"""


def simulate_spring(q0, v0, k, dt, n):
    q, v = q0, v0
    for _ in range(n):
        q, v = q + dt * v, v - dt * k * q
    return q, v


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    qs, q, v = [], q0, v0
    for _ in range(n):
        qs.append(q)
        q, v = q + dt * v, v - dt * k * q
    dk = 0.0
    for q in reversed(qs):
        dk -= dt * q * dv
        dq, dv = dq - dt * k * dv, dv + dt * dq
    return dq, dv, dk
