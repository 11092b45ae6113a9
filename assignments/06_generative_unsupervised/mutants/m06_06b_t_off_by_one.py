"""M06-6: t counts from 1.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t - 1][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
