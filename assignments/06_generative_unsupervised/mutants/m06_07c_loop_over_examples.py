"""M06-7: a loop over the examples.

file: generative.py
loses: g4_vectorised
"""


def q_sample(x0, t, noise, sched):
    rows = []
    for i in range(len(x0)):
        kept = sched["alphas_cumprod"][t[i]]
        rows.append(np.sqrt(kept) * x0[i] + np.sqrt(1 - kept) * noise[i])
    return np.array(rows)
