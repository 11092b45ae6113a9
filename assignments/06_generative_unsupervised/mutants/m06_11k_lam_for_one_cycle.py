"""M06-11: lam weighs only one of the two.

file: generative.py
loses: g7_example, g7_cycle
"""


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y)))
