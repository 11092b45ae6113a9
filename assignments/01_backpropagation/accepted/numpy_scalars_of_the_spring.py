"""Accepted: np.float64 numbers of the simulator are as good as float.

file: net.py
loses:
"""


_simulate_spring, _simulate_spring_grad = simulate_spring, simulate_spring_grad


def simulate_spring(q0, v0, k, dt, n):
    return list(map(np.float64, _simulate_spring(q0, v0, k, dt, n)))


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    return tuple(map(np.asarray, _simulate_spring_grad(q0, v0, k, dt, n, dq, dv)))
