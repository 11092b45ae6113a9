"""M05-19: pinn_residual applies the chain rule once.

file: theory.py
loses: o8_example_residual, o8_residual
"""


def pinn_residual(params, t):
    s = np.tanh(t[:, None] * params["a"] + params["b"])
    return (-2 * s * (1 - s**2)) @ (params["c"] * params["a"]) + params["omega"] ** 2 * (s @ params["c"] + params["d"])
