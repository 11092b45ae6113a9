"""M05-21: stress_and_grad forgets the weights.

file: theory.py
loses: o7_stress
"""


_stress = stress_and_grad


def stress_and_grad(X, D, W):
    return _stress(X, D, np.ones_like(W))
