"""M06-11: eps weighs the fake examples.

file: generative.py
loses: g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xf + (1 - eps[:, None]) * xr
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))
