"""M06-10: the partner stands among the negatives, and once more beside them.

file: generative.py
loses: g6_example, g6_values, g6_grads, g6_properties, g6_stable
"""


def nt_xent(z1, z2, tau=0.5):
    return _contrast(z1, z2, tau, lambda s, e, partner: e + np.where(partner, e, 0))


def _contrast(z1, z2, tau, terms):
    z, n = np.concatenate([z1, z2]), len(z1)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    np.fill_diagonal(s, -np.inf)
    top = s.max(axis=1, keepdims=True)
    partner = np.roll(np.eye(2 * n, dtype=bool), n, axis=1)
    e = terms(s, np.exp(s - top), partner)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) + top[:, 0] - s[partner]))
    ds = (e / total - partner) / (2 * n)
    du = (ds + ds.T) @ u / tau
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
    return loss, dz[:n], dz[n:]
