"""Mistakes: Contrastive learning."""

from autograder.rubric import mutant


@mutant("M06-10a", loses=["g6_example", "g6_values", "g6_grads"])
class positive_counted_twice:
    """The partner stands among the negatives, and once more beside them."""

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


@mutant("M06-10b", loses=["g6_example", "g6_values", "g6_grads"])
def nt_xent(z1, z2, tau=0.5):
    """The partner does not stand in the denominator."""
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


@mutant("M06-10c", loses=["g6_example", "g6_values", "g6_grads"])
def nt_xent(z1, z2, tau=0.5):
    """Every anchor stands in its own denominator."""
    z, n = np.concatenate([z1, z2]), len(z1)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    partner = np.roll(np.eye(2 * n, dtype=bool), n, axis=1)
    top = s.max(axis=1, keepdims=True)
    e = np.exp(s - top)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) + top[:, 0] - s[partner]))
    ds = (e / total - partner) / (2 * n)
    du = (ds + ds.T) @ u / tau
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
    return loss, dz[:n], dz[n:]


@mutant("M06-10d", loses=["g6_example", "g6_values", "g6_grads"])
class tau_multiplies:
    """similarities are multiplied by tau."""

    _nt_xent = nt_xent

    def nt_xent(z1, z2, tau=0.5):
        return _nt_xent(z1, z2, 1 / tau)


@mutant("M06-10e", loses=["g6_example", "g6_values", "g6_grads", "g6_properties"])
def nt_xent(z1, z2, tau=0.5):
    """N anchors, and negatives of the other view only."""
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


@mutant("M06-10f", loses=["g6_example", "g6_values", "g6_grads", "g6_properties"])
def nt_xent(z1, z2, tau=0.5):
    """products of the rows as they are, no cosines."""
    z, n = np.concatenate([z1, z2]), len(z1)
    s = z @ z.T / tau
    np.fill_diagonal(s, -np.inf)
    partner = np.roll(np.eye(2 * n, dtype=bool), n, axis=1)
    top = s.max(axis=1, keepdims=True)
    e = np.exp(s - top)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) + top[:, 0] - s[partner]))
    ds = (e / total - partner) / (2 * n)
    dz = (ds + ds.T) @ z / tau
    return loss, dz[:n], dz[n:]


@mutant("M06-10g", loses=["g6_example", "g6_grads", "g6_properties"])
class gradient_not_projected:
    """The gradient does not go back through the normalisation, but for the division."""

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


@mutant("M06-10h", loses=["g6_example", "g6_grads"])
class gradient_of_one_side:
    """Every similarity counts for the row of its anchor only."""

    _nt_xent = nt_xent

    def nt_xent(z1, z2, tau=0.5):
        z, n = np.concatenate([z1, z2]), len(z1)
        norms = np.linalg.norm(z, axis=1, keepdims=True)
        u = z / norms
        s = u @ u.T / tau
        np.fill_diagonal(s, -np.inf)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        ds = (e / e.sum(axis=1, keepdims=True) - np.roll(np.eye(2 * n), n, axis=1)) / (2 * n)
        du = ds @ u / tau
        dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
        return _nt_xent(z1, z2, tau)[0], dz[:n], dz[n:]


@mutant("M06-10i", loses=["g6_example", "g6_values", "g6_grads"])
class sum_over_anchors:
    """The loss is the sum over the anchors."""

    _nt_xent = nt_xent

    def nt_xent(z1, z2, tau=0.5):
        return tuple(2 * len(z1) * part for part in _nt_xent(z1, z2, tau))


@mutant("M06-10j", loses=["g6_stable"])
def nt_xent(z1, z2, tau=0.5):
    """Nothing is subtracted before the exponential."""
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


@mutant("M06-10k", loses=["g6_values"])
class default_temperature:
    """tau is 0.1 where none is given."""

    _nt_xent = nt_xent

    def nt_xent(z1, z2, tau=0.1):
        return _nt_xent(z1, z2, tau)


@mutant("M06-13f", nothing_right=True, loses=["g6_example", "g6_values", "g6_grads", "g6_properties", "g6_stable"])
def nt_xent(z1, z2, tau=0.5):
    """The loss is zero, with gradients of zero: only directions count, and both views are treated alike."""
    return 0.0, np.zeros_like(z1), np.zeros_like(z2)
