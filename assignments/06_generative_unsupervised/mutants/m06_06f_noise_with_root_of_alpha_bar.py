"""M06-6: data and noise have each other's factors.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return np.sqrt(1 - kept) * x0 + np.sqrt(kept) * noise
