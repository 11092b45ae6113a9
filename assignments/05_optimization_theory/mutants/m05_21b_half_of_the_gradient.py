"""M05-21: stress_and_grad lets each pair pull at one of its points only.

file: theory.py
loses: o7_stress
"""


def stress_and_grad(X, D, W):
    stress, dX = 0.0, np.zeros_like(X)
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            r = X[i] - X[j]
            d = np.linalg.norm(r)
            stress += W[i, j] * (d - D[i, j]) ** 2
            dX[i] += 2 * W[i, j] * (d - D[i, j]) * r / d
    return stress, dX
