"""Other right answers: Contrastive learning."""

from autograder.rubric import accepted


@accepted("contrast_by_loops")
def nt_xent(z1, z2, tau=0.5):
    """The contrastive loss by loops over anchors, gradients with the chain rule pair by pair."""
    z = np.vstack((z1, z2))
    n, m = z1.shape[0], 2 * z1.shape[0]
    length = np.sqrt((z**2).sum(1))
    u = z / length[:, None]
    loss, du = 0.0, np.zeros_like(z)
    for i in range(m):
        others = [j for j in range(m) if j != i]
        k = (i + n) % m
        s = np.array([u[i] @ u[j] for j in others]) / tau
        s = s - s.max()
        p = np.exp(s) / np.exp(s).sum()
        place = others.index(k)
        loss -= s[place] - np.log(np.exp(s).sum())
        for j, weight in zip(others, p):
            g = (weight - (j == k)) / tau / m
            du[i] += g * u[j]
            du[j] += g * u[i]
    dz = np.array([(np.eye(z.shape[1]) - np.outer(a, a)) @ b / c for a, b, c in zip(u, du, length)])
    return np.float64(loss / m), dz[:n], dz[n:]


@accepted("softmax_then_logarithm")
def nt_xent(z1, z2, tau=0.5):
    """"Small temperatures must not overflow": the largest of each row is subtracted, then the softmax is
    taken, then its logarithm.
    """
    n = len(z1)
    z = np.concatenate((z1, z2), axis=0)
    norm = np.sqrt(np.sum(z * z, axis=1, keepdims=True))
    u = z / norm
    s = np.dot(u, u.T) / tau
    s = s - np.max(s, axis=1, keepdims=True)
    e = np.exp(s) * (1 - np.eye(2 * n))
    p = e / np.sum(e, axis=1, keepdims=True)
    partner = np.roll(np.arange(2 * n), n)
    loss = -np.mean(np.log(p[np.arange(2 * n), partner]))
    hot = np.eye(2 * n)[partner]
    g = (p - hot) / (2 * n * tau)
    du = g @ u + g.T @ u
    dz = du / norm - z * np.sum(du * z, axis=1, keepdims=True) / norm**3
    return loss, dz[:n], dz[n:]
