"""Accepted: more entries in the schedule, an extract function as in public code, steps of any integer type.

file: generative.py
loses:
"""


def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    betas = np.array([beta_start + (beta_end - beta_start) * i / max(T - 1, 1) for i in range(T)])
    alphas = 1.0 - betas
    bars = np.exp(np.cumsum(np.log(alphas)))
    return dict(betas=betas, alphas=alphas, alphas_cumprod=bars, sqrt_alphas_cumprod=np.sqrt(bars), T=T)


def extract(a, t, x_shape):
    out = np.take(a, np.asarray(t).astype(np.int32))
    return out.reshape(-1, *((1,) * (len(x_shape) - 1)))


def q_sample(x0, t, noise, sched):
    a = extract(sched["alphas_cumprod"], t, x0.shape)
    return a**0.5 * x0 + (1 - a) ** 0.5 * noise


def predict_start_from_noise(x_t, t, noise, sched):
    a = extract(sched["alphas_cumprod"], t, x_t.shape)
    return np.sqrt(1 / a) * x_t - np.sqrt(1 / a - 1) * noise


def predict_noise_from_start(x_t, t, x0, sched):
    a = extract(sched["alphas_cumprod"], t, x_t.shape)
    return (np.sqrt(1 / a) * x_t - x0) / np.sqrt(1 / a - 1)


def q_posterior(x0, x_t, t, sched):
    previous = np.append(1.0, sched["alphas_cumprod"][:-1])
    a, b, before = (extract(c, t, x0.shape) for c in (sched["alphas_cumprod"], sched["betas"], previous))
    mean = b * np.sqrt(before) / (1 - a) * x0 + (1 - before) * np.sqrt(1 - b) / (1 - a) * x_t
    return mean, np.sqrt(b * (1 - before) / (1 - a))
