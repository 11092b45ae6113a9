"""M06-6: the noise is divided by its variance.

file: generative.py
loses: g4_example_back, g4_predict, g4_round_trip
"""


def predict_noise_from_start(x_t, t, x0, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return (x_t - np.sqrt(kept) * x0) / (1 - kept)
