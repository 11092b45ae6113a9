"""M06-10: the loss is the sum over the anchors.

file: generative.py
loses: g6_example, g6_values, g6_grads, g6_properties, g6_stable
"""


_nt_xent = nt_xent


def nt_xent(z1, z2, tau=0.5):
    return tuple(2 * len(z1) * part for part in _nt_xent(z1, z2, tau))
