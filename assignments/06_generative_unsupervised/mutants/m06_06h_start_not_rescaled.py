"""M06-6: the noise is taken away, the division forgotten.

file: generative.py
loses: g4_example_back, g4_predict, g4_round_trip
"""


def predict_start_from_noise(x_t, t, noise, sched):
    return x_t - np.sqrt(1 - sched["alphas_cumprod"][t][:, None]) * noise
