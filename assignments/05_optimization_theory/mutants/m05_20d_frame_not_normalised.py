"""M05-20: torsions_to_coords does not give the normal of its frame the length 1.

file: theory.py
loses: o7_torsions
"""


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    theta = np.deg2rad(angle_deg)
    X = [np.zeros(3), np.array([bond, 0.0, 0.0]), np.array([bond - bond * np.cos(theta), bond * np.sin(theta), 0.0])]
    for angle in phi:
        a, b, c = X[-3:]
        u = (c - b) / bond
        n = np.cross((b - a) / bond, u)
        step = -np.cos(theta) * u + np.sin(theta) * (np.cos(angle) * np.cross(n, u) + np.sin(angle) * n)
        X.append(c + bond * step)
    return np.array(X)
