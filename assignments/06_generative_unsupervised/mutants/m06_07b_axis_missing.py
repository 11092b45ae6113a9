"""M06-7: alpha-bar has no second axis: with as many examples as features it goes along the wrong one.

file: generative.py
loses: g4_example_in, g4_q_sample, g4_round_trip, g4_steps, g4_vectorised, g4_safe
"""


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
