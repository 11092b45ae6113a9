"""M05-10: run_sgd draws its noise once, and adds the same in every step.

file: theory.py
loses: o4_noise
"""


def run_sgd(A, x0, n, lr, noise, rng):
    x, norms, xi = x0, [np.linalg.norm(x0)], rng.standard_normal(x0.shape)
    for _ in range(n):
        x = x - lr * (A @ x + noise * xi)
        norms.append(np.linalg.norm(x))
    return np.array(norms)
