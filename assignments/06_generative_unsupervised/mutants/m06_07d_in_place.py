"""M06-7: x_t is changed in place.

file: generative.py
loses: g4_safe
"""


def predict_start_from_noise(x_t, t, noise, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    x_t -= np.sqrt(1 - kept) * noise
    return x_t / np.sqrt(kept)
