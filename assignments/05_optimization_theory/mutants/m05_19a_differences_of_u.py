"""M05-19: pinn_residual takes the second derivative by differences.

file: theory.py
loses: o8_residual
"""


def pinn_residual(params, t):
    def u(t):
        return np.tanh(t[:, None] * params["a"] + params["b"]) @ params["c"] + params["d"]
    h = 1e-4
    return (u(t + h) - 2 * u(t) + u(t - h)) / h**2 + params["omega"] ** 2 * u(t)
