"""M05-18: hnn_field reads z as q1, p1, q2, p2, ....

file: theory.py
loses: o8_field
"""


def hnn_field(H_grad, z):
    g = H_grad(z)
    dz = np.empty_like(g)
    dz[0::2], dz[1::2] = g[1::2], -g[0::2]
    return dz
