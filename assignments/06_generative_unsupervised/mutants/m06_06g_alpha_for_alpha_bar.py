"""M06-6: alpha of the step alone is used for alpha-bar.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas"][t][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
