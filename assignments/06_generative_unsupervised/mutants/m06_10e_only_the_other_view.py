"""M06-10: N anchors, and negatives of the other view only.

file: generative.py
loses: g6_example, g6_values, g6_grads, g6_properties, g6_stable
"""


def nt_xent(z1, z2, tau=0.5):
    n1, n2 = np.linalg.norm(z1, axis=1, keepdims=True), np.linalg.norm(z2, axis=1, keepdims=True)
    u1, u2 = z1 / n1, z2 / n2
    s = u1 @ u2.T / tau
    top = s.max(axis=1, keepdims=True)
    e = np.exp(s - top)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) + top[:, 0] - np.diag(s)))
    ds = (e / total - np.eye(len(z1))) / len(z1)
    d1, d2 = ds @ u2 / tau, ds.T @ u1 / tau
    d1, d2 = (d1 - u1 * np.sum(u1 * d1, axis=1, keepdims=True)) / n1, (d2 - u2 * np.sum(u2 * d2, axis=1, keepdims=True)) / n2
    return loss, d1, d2
