"""M06-7: the schedule is read once, for the whole batch.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t[0]]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
