"""M06-11: eps has no second axis, which fails, or goes along the features.

file: generative.py
loses: g7_penalty
"""


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps * xr + (1 - eps) * xf
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))
