"""M06-11: only horses go there and back.

file: generative.py
loses: g7_example, g7_cycle
"""


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * np.mean(np.abs(F(G(x)) - x)))
