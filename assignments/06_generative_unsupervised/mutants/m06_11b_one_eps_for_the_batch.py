"""M06-11: one place for the whole batch.

file: generative.py
loses: g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[0] * xr + (1 - eps[0]) * xf
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))
