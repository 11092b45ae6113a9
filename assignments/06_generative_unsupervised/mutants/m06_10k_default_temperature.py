"""M06-10: tau is 0.1 where none is given.

file: generative.py
loses: g6_values
"""


_nt_xent = nt_xent


def nt_xent(z1, z2, tau=0.1):
    return _nt_xent(z1, z2, tau)
