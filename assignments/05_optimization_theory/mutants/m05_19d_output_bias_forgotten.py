"""M05-19: pinn_residual forgets the bias of the output.

file: theory.py
loses: o8_residual
"""


def pinn_residual(params, t):
    s = np.tanh(t[:, None] * params["a"] + params["b"])
    return (-2 * s * (1 - s**2)) @ (params["c"] * params["a"] ** 2) + params["omega"] ** 2 * (s @ params["c"])
