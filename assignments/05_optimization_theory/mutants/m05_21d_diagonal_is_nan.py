"""M05-21: stress_and_grad divides 0 by 0 on the diagonal.

file: theory.py
loses: o7_stress
"""


def stress_and_grad(X, D, W):
    r = X[:, None] - X[None, :]
    d = np.linalg.norm(r, axis=2)
    i, j = np.triu_indices(len(X), 1)
    stress = float(np.sum((W * (d - D) ** 2)[i, j]))
    with np.errstate(all="ignore"):
        return stress, ((2 * W * (d - D) / d)[:, :, None] * r).sum(axis=1)
