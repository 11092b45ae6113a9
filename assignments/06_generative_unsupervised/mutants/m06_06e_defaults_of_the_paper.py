"""M06-6: the default schedule is that of the paper, which needs 1000 steps.

file: generative.py
loses: g4_schedule
"""


def make_schedule(T, beta_start=1e-4, beta_end=0.02):
    betas = np.linspace(beta_start, beta_end, T)
    return {"betas": betas, "alphas": 1 - betas, "alphas_cumprod": np.cumprod(1 - betas)}
