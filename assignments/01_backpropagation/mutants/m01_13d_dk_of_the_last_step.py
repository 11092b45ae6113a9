"""M01-13: dk is overwritten in every step instead of summed (found while building; not in the table).

file: net.py
loses: b8_gradient
"""


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    qs, q, v = [q0], q0, v0
    for _ in range(n):
        q, v = simulate_spring(q, v, k, dt, 1)
        qs.append(q)
    dk = 0.0
    for i in reversed(range(n)):
        dq = dq - dt / 2 * k * dv
        dk = -dt / 2 * qs[i + 1] * dv
        dv = dv + dt * dq
        dq = dq - dt / 2 * k * dv
        dk += -dt / 2 * qs[i] * dv
    return dq, dv, dk
