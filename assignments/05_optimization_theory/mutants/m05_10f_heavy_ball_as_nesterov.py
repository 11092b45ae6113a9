"""M05-10: run_heavy_ball takes the gradient at the look-ahead point.

file: theory.py
loses: o4_example_runs, o4_heavy_ball
"""


def run_heavy_ball(A, x0, n, lr, momentum):
    x, v, norms = x0, np.zeros_like(x0), [np.linalg.norm(x0)]
    for _ in range(n):
        v = momentum * v - lr * (A @ (x + momentum * v))
        x = x + v
        norms.append(np.linalg.norm(x))
    return np.array(norms)
