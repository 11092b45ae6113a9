"""M06-11: squares instead of absolute values.

file: generative.py
loses: g7_example, g7_cycle
"""


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * (np.mean((F(G(x)) - x) ** 2) + np.mean((G(F(y)) - y) ** 2)))
