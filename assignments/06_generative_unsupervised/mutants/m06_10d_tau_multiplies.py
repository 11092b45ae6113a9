"""M06-10: similarities are multiplied by tau.

file: generative.py
loses: g6_example, g6_values, g6_grads, g6_properties, g6_stable
"""


_nt_xent = nt_xent


def nt_xent(z1, z2, tau=0.5):
    return _nt_xent(z1, z2, 1 / tau)
