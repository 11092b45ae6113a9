"""Mistakes: Curvature."""

from autograder.rubric import mutant


@mutant("M05-11a", loses=["o5_example_eig", "o5_extremes"])
def max_eig(hvp_fn, n, iters=100, seed=0):
    """max_eig returns the norm of H v."""
    v = np.random.default_rng(seed).standard_normal(n)
    for _ in range(iters):
        v = hvp_fn(v / np.linalg.norm(v))
    return float(np.linalg.norm(v)), v / np.linalg.norm(v)


@mutant("M05-11b", loses=["o5_extremes"])
def max_eig(hvp_fn, n, iters=100, seed=0):
    """max_eig normalises at the end only."""
    v = np.random.default_rng(seed).standard_normal(n)
    for _ in range(iters):
        v = hvp_fn(v)
    v = v / np.linalg.norm(v)
    return float(v @ hvp_fn(v)), v


@mutant("M05-11c", loses=["o5_hvp"])
def hvp(grad_fn, w, v, eps=1e-4):
    """hvp takes the difference to the gradient at w."""
    return (grad_fn(w + eps * v) - grad_fn(w)) / eps


@mutant("M05-11d", loses=["o5_example_hvp", "o5_hvp"])
def hvp(grad_fn, w, v, eps=1e-4):
    """hvp divides by eps instead of 2 eps."""
    return (grad_fn(w + eps * v) - grad_fn(w - eps * v)) / eps


@mutant("M05-11e", loses=["o5_example_eig", "o5_max_eig"], file="theory.py")
class vector_not_of_norm_one:
    """max_eig returns H v instead of v: right eigenvalues earn half."""

    _max_eig = max_eig

    def max_eig(hvp_fn, n, iters=100, seed=0):
        lam, vec = _max_eig(hvp_fn, n, iters, seed)
        return lam, lam * vec


@mutant("M05-11f", loses=["o5_hvp"], file="theory.py")
class whole_hessian:
    """hvp builds the whole Hessian, column by column: right products earn a third."""

    _hvp = hvp

    def hvp(grad_fn, w, v, eps=1e-4):
        H = np.stack([_hvp(grad_fn, w, unit, eps) for unit in np.eye(len(w))])
        return H @ v


@mutant("M05-11g", loses=["o5_max_eig"])
def max_eig(hvp_fn, n, iters=100, seed=0):
    """max_eig multiplies twice in every turn: right answers earn two thirds."""
    v = np.random.default_rng(seed).standard_normal(n)
    for _ in range(iters):
        v = v / np.linalg.norm(v)
        lam, v = float(v @ hvp_fn(v)), hvp_fn(v)
    return lam, v / np.linalg.norm(v)
