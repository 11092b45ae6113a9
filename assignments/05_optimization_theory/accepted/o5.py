"""Other right answers: Curvature."""

from autograder.rubric import accepted


@accepted("rayleigh_on_the_way", file="theory.py")
class rayleigh_on_the_way:
    """The eigenvalue may be v^T H v of the last turn, and the sign of the vector is free."""

    def max_eig(hvp_fn, n, iters=100, seed=0):
        v = np.random.RandomState(seed).rand(n) + 0.1
        v /= np.linalg.norm(v)
        lam = 0.0
        for _ in range(iters):
            Hv = hvp_fn(v)
            lam = v @ Hv
            v = -Hv / np.sqrt(np.sum(Hv**2))
        return lam, v

    def hvp(grad_fn, w, v, eps=1e-4):
        minus = grad_fn(w - eps * v)
        return np.array((grad_fn(w + eps * v) - minus) / eps / 2)


@accepted("iteration_by_formula", file="theory.py")
class iteration_by_formula:
    """The formulas of the docstrings, done literally; "one more if you like" is asked for the eigenvalue."""

    def hvp(grad_fn, w, v, eps=1e-4):
        plus, minus = grad_fn(w + eps * v), grad_fn(w - eps * v)
        return (plus - minus) / (2 * eps)

    def max_eig(hvp_fn, n, iters=100, seed=0):
        v = np.random.default_rng(seed).normal(size=n)
        for _ in range(iters):
            v = hvp_fn(v)
            v = v / np.linalg.norm(v)
        return np.dot(v, hvp_fn(v)), v


@accepted("iteration_that_stops_early", file="theory.py")
class iteration_that_stops_early:
    """Fewer products will do where nothing changes; a tiny number may keep the norm from 0; lists for arrays."""

    def hvp(grad_fn, w, v, eps=1e-4):
        length = np.linalg.norm(v)
        step = eps / length
        return [(a - b) / (2 * step) for a, b in zip(grad_fn(w + step * v), grad_fn(w - step * v))]

    def max_eig(hvp_fn, n, iters=100, seed=0):
        np.random.seed(seed)
        v, lam = np.ones(n) + 0.5 * np.random.randn(n), None
        v /= np.linalg.norm(v)
        for _ in range(iters):
            Hv = np.asarray(hvp_fn(v))
            before, lam = lam, float(np.sum(v * Hv))
            v = Hv / (np.linalg.norm(Hv) + 1e-12)
            if before is not None and abs(lam - before) < 1e-10 * abs(lam):
                break
        return np.array([lam]), v.reshape(1, -1)


@accepted("curvature_in_float32", file="theory.py")
class curvature_in_float32:
    """Work in float32 is precise enough."""

    def hvp(grad_fn, w, v, eps=1e-4):
        ahead, behind = (np.asarray(grad_fn(w + sign * eps * v), np.float32) for sign in (1, -1))
        return (ahead - behind) / np.float32(2 * eps)

    def max_eig(hvp_fn, n, iters=100, seed=0):
        v = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
        v /= np.linalg.norm(v)
        for _ in range(iters):
            v = np.asarray(hvp_fn(v), np.float32)
            v /= np.linalg.norm(v)
        return np.float32(v @ np.asarray(hvp_fn(v), np.float32)), v
