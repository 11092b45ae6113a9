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
