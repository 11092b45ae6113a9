"""M05-21: stress_and_grad sums over the whole matrix, value and gradient.

file: theory.py
loses: o7_stress
"""


_stress = stress_and_grad


def stress_and_grad(X, D, W):
    stress, dX = _stress(X, D, W)
    return 2 * stress, 2 * dX
