"""M06-10: the partner does not stand in the denominator.

file: generative.py
loses: g6_example, g6_values, g6_grads, g6_properties, g6_stable
"""


def nt_xent(z1, z2, tau=0.5):
    z, n = np.concatenate([z1, z2]), len(z1)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    partner = np.roll(np.eye(2 * n, dtype=bool), n, axis=1)
    masked = np.where(partner | np.eye(2 * n, dtype=bool), -1e9, s)
    top = masked.max(axis=1, keepdims=True)
    e = np.exp(masked - top)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) + top[:, 0] - s[partner]))
    ds = (e / total - partner) / (2 * n)
    du = (ds + ds.T) @ u / tau
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
    return loss, dz[:n], dz[n:]
