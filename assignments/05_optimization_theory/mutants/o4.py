"""Mistakes: Rates on quadratics."""

from autograder.rubric import mutant


@mutant("M05-10a", loses=["o4_example_optimal", "o4_optimal_gd"])
def optimal_gd(A):
    """optimal_gd returns the safe learning rate 1 / L and its rate."""
    eigenvalues = np.linalg.eigvalsh(A)
    return {"lr": float(1 / eigenvalues[-1]), "rate": float(1 - eigenvalues[0] / eigenvalues[-1])}


@mutant("M05-10b", loses=["o4_example_optimal", "o4_example_best", "o4_optimal_gd", "o4_optimal_heavy_ball"], file="theory.py")
class condition_number_of_a_t_a:
    """rates are computed with the condition number of A^T A."""

    def optimal_gd(A):
        eigenvalues = np.linalg.eigvalsh(A)
        kappa = np.linalg.cond(A.T @ A)
        return {"lr": float(2 / (eigenvalues[0] + eigenvalues[-1])), "rate": float((kappa - 1) / (kappa + 1))}

    def optimal_heavy_ball(A):
        eigenvalues = np.linalg.eigvalsh(A)
        root = np.sqrt(np.linalg.cond(A.T @ A))
        rate = float((root - 1) / (root + 1))
        return {"lr": float(4 / np.sum(np.sqrt(eigenvalues[[0, -1]])) ** 2), "momentum": rate**2, "rate": rate}


@mutant("M05-10c", loses=["o4_example_best", "o4_optimal_heavy_ball"], file="theory.py")
class momentum_not_squared:
    """The momentum of the heavy ball is the rate itself."""

    _optimal = optimal_heavy_ball

    def optimal_heavy_ball(A):
        best = _optimal(A)
        return best | {"momentum": best["rate"]}


@mutant("M05-10d", loses=["o4_example_optimal", "o4_example_best", "o4_optimal_gd", "o4_optimal_heavy_ball"], file="theory.py")
class diagonal_for_eigenvalues:
    """optimal_gd and optimal_heavy_ball read the diagonal of A as its eigenvalues."""

    _gd, _hb = optimal_gd, optimal_heavy_ball

    def optimal_gd(A):
        return _gd(np.diag(np.diag(A)))

    def optimal_heavy_ball(A):
        return _hb(np.diag(np.diag(A)))


@mutant("M05-10e", loses=["o4_example_runs", "o4_gd", "o4_heavy_ball"], file="theory.py")
class first_norm_missing:
    """The runs do not write down the norm of x0."""

    _run_gd, _run_heavy_ball = run_gd, run_heavy_ball

    def run_gd(A, x0, n, lr):
        return _run_gd(A, x0, n, lr)[1:]

    def run_heavy_ball(A, x0, n, lr, momentum):
        return _run_heavy_ball(A, x0, n, lr, momentum)[1:]


@mutant("M05-10f", loses=["o4_example_runs", "o4_heavy_ball"])
def run_heavy_ball(A, x0, n, lr, momentum):
    """run_heavy_ball takes the gradient at the look-ahead point."""
    x, v, norms = x0, np.zeros_like(x0), [np.linalg.norm(x0)]
    for _ in range(n):
        v = momentum * v - lr * (A @ (x + momentum * v))
        x = x + v
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10g", loses=["o4_noise"])
def run_sgd(A, x0, n, lr, noise, rng):
    """run_sgd adds noise to x instead of to the gradient."""
    x, norms = x0, [np.linalg.norm(x0)]
    for _ in range(n):
        x = x - lr * (A @ x) + noise * rng.standard_normal(x.shape)
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10h", loses=["o4_noise"])
def run_sgd(A, x0, n, lr, noise, rng):
    """run_sgd takes its noise from numpy's global generator."""
    x, norms = x0, [np.linalg.norm(x0)]
    for _ in range(n):
        x = x - lr * (A @ x + noise * np.random.standard_normal(x.shape))
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10i", loses=["o4_noise"])
def run_sgd(A, x0, n, lr, noise, rng):
    """run_sgd draws its noise once, and adds the same in every step."""
    x, norms, xi = x0, [np.linalg.norm(x0)], rng.standard_normal(x0.shape)
    for _ in range(n):
        x = x - lr * (A @ x + noise * xi)
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10j", loses=["o4_gd"])
def run_gd(A, x0, n, lr):
    """run_gd steps in place, and moves the x0 of its caller: right norms earn half."""
    x, norms = x0, [np.linalg.norm(x0)]
    for _ in range(n):
        x -= lr * (A @ x)
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10k", loses=["o4_heavy_ball"])
def run_heavy_ball(A, x0, n, lr, momentum):
    """run_heavy_ball steps in place, and moves the x0 of its caller: right norms earn half."""
    x, v, norms = x0, np.zeros_like(x0), [np.linalg.norm(x0)]
    for _ in range(n):
        v = momentum * v - lr * (A @ x)
        x += v
        norms.append(np.linalg.norm(x))
    return np.array(norms)


@mutant("M05-10l", loses=["o4_noise"])
def run_sgd(A, x0, n, lr, noise, rng):
    """run_sgd steps in place, and moves the x0 of its caller: right norms earn half."""
    x, norms = x0, [np.linalg.norm(x0)]
    for _ in range(n):
        x -= lr * (A @ x + noise * rng.standard_normal(x.shape))
        norms.append(np.linalg.norm(x))
    return np.array(norms)
