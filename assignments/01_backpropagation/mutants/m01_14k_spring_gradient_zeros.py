"""M01-14: an unfinished function returns zeros: simulate_spring_grad.

file: net.py
loses: b8_example_gradient, b8_gradient, b8_properties
"""


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    return 0.0, 0.0, 0.0
