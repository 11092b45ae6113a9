"""M06-10: the gradient does not go back through the normalisation, but for the division.

file: generative.py
loses: g6_example, g6_grads, g6_properties
"""


_nt_xent = nt_xent


def nt_xent(z1, z2, tau=0.5):
    z, n = np.concatenate([z1, z2]), len(z1)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    np.fill_diagonal(s, -np.inf)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    ds = (e / e.sum(axis=1, keepdims=True) - np.roll(np.eye(2 * n), n, axis=1)) / (2 * n)
    dz = (ds + ds.T) @ u / tau / norms
    return _nt_xent(z1, z2, tau)[0], dz[:n], dz[n:]
