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
