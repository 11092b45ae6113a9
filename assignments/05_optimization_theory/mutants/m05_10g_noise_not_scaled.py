"""M05-10: run_sgd adds noise to x instead of to the gradient.

file: theory.py
loses: o4_noise
"""


def run_sgd(A, x0, n, lr, noise, rng):
    x, norms = x0, [np.linalg.norm(x0)]
    for _ in range(n):
        x = x - lr * (A @ x) + noise * rng.standard_normal(x.shape)
        norms.append(np.linalg.norm(x))
    return np.array(norms)
