"""Accepted: the heavy ball may remember the point before; norms may come as an array that was filled.

file: theory.py
loses:
"""


def run_heavy_ball(A, x0, n, lr, momentum):
    norms = np.zeros(n + 1)
    before, x = x0.copy(), x0.copy()
    norms[0] = np.sqrt(np.sum(x**2))
    for k in range(n):
        x, before = x - lr * A @ x + momentum * (x - before), x
        norms[k + 1] = np.sqrt(np.sum(x**2))
    return norms


def run_sgd(A, x0, n, lr, noise, rng):
    xi = rng.normal(0.0, 1.0, (n, len(x0)))
    x, norms = x0, [np.linalg.norm(x0)]
    for k in range(n):
        x = x - lr * (A @ x + noise * xi[k])
        norms.append(float(np.linalg.norm(x)))
    return np.array(norms)
