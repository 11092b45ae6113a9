"""M06-11: one norm, of the gradients of the whole batch.

file: generative.py
loses: g7_example, g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float((np.linalg.norm(critic_grad_fn(x_hat)) - 1) ** 2)
