"""M05-20: torsions_to_coords takes the angle by which the chain turns for the angle between its bonds.

file: theory.py
loses: o7_torsions
"""


_torsions = torsions_to_coords


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    return _torsions(phi, bond, 180.0 - angle_deg)
