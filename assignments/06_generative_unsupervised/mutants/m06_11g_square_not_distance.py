"""M06-11: the square of the norm is compared with 1.

file: generative.py
loses: g7_example, g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float(np.mean((np.sum(critic_grad_fn(x_hat) ** 2, axis=1) - 1) ** 2))
