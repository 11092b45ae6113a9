"""M06-11: only slopes above 1 are punished.

file: generative.py
loses: g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float(np.mean(np.maximum(np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1, 0) ** 2))
