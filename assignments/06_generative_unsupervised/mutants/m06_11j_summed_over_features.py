"""M06-11: distances are summed over the features.

file: generative.py
loses: g7_example, g7_cycle
"""


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * (np.mean(np.sum(np.abs(F(G(x)) - x), axis=1)) + np.mean(np.sum(np.abs(G(F(y)) - y), axis=1))))
