"""M05-20: torsions_to_coords builds the mirror image.

file: theory.py
loses: o7_example_torsions, o7_torsions
"""


_torsions = torsions_to_coords


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    return _torsions(-phi, bond, angle_deg)
