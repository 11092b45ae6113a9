"""M06-6: the last beta is left out, as by arange.

file: generative.py
loses: g4_example_in, g4_schedule
"""


def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    betas = np.linspace(beta_start, beta_end, T, endpoint=False)
    return {"betas": betas, "alphas": 1 - betas, "alphas_cumprod": np.cumprod(1 - betas)}
