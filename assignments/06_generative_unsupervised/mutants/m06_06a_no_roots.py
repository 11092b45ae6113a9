"""M06-6: alpha-bar is used without its root.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return kept * x0 + (1 - kept) * noise
