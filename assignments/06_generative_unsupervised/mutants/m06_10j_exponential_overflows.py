"""M06-10: nothing is subtracted before the exponential.

file: generative.py
loses: g6_stable
"""


def nt_xent(z1, z2, tau=0.5):
    z, n = np.concatenate([z1, z2]), len(z1)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    partner = np.roll(np.eye(2 * n, dtype=bool), n, axis=1)
    e = np.exp(s) * (1 - np.eye(2 * n))
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - s[partner]))
    ds = (e / total - partner) / (2 * n)
    du = (ds + ds.T) @ u / tau
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
    return loss, dz[:n], dz[n:]
