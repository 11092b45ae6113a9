"""Other right answers: Rates on quadratics."""

from autograder.rubric import accepted


@accepted("heavy_ball_with_two_points", file="theory.py")
class heavy_ball_with_two_points:
    """The heavy ball may remember the point before; norms may come as an array that was filled."""

    def run_heavy_ball(A, x0, n, lr, momentum):
        norms = np.zeros(n + 1)
        before, x = x0.copy(), x0.copy()
        norms[0] = np.sqrt(np.sum(x**2))
        for k in range(n):
            x, before = x - lr * A @ x + momentum * (x - before), x
            norms[k + 1] = np.sqrt(np.sum(x**2))
        return norms

    def run_sgd(A, x0, n, lr, noise, rng):
        xi = rng.normal(0.0, 1.0, (n, len(x0)))
        x, norms = x0, [np.linalg.norm(x0)]
        for k in range(n):
            x = x - lr * (A @ x + noise * xi[k])
            norms.append(float(np.linalg.norm(x)))
        return np.array(norms)


@accepted("optimal_by_eigvals", file="theory.py")
class optimal_by_eigvals:
    """eigenvalues may come from anywhere, in any order, and kappa from np.linalg.cond."""

    def optimal_gd(A):
        values = np.linalg.eigvals(A).real
        kappa = np.linalg.cond(A)
        return {"lr": 2 / (values.max() + values.min()), "rate": (kappa - 1) / (kappa + 1)}

    def optimal_heavy_ball(A):
        _, singular, _ = np.linalg.svd(A)
        root = np.sqrt(singular[0] / singular[-1])
        rate = (root - 1) / (root + 1)
        return {
            "lr": 4 / (np.sqrt(singular[0]) + np.sqrt(singular[-1])) ** 2,
            "momentum": rate**2,
            "rate": rate,
        }


@accepted("runs_in_closed_form", file="theory.py")
class runs_in_closed_form:
    """A quadratic may be solved in its eigenvectors; a list of norms, and whole numbers where they are whole, will do."""

    def optimal_gd(A):
        m, L = np.linalg.eigvalsh(A)[[0, -1]]
        kappa = L / m
        return {"lr": 2 / (L + m), "rate": (kappa - 1) / (kappa + 1), "kappa": kappa}

    def optimal_heavy_ball(A):
        values = sorted(np.linalg.eig(A)[0].real)
        m, L = values[0], values[-1]
        root = (L / m) ** 0.5
        mu = ((root - 1) / (root + 1)) ** 2
        return dict(
            lr=4 / (L**0.5 + m**0.5) ** 2,
            momentum=np.float64(mu),
            rate=np.array((root - 1) / (root + 1)),
        )

    def run_gd(A, x0, n, lr):
        values, V = np.linalg.eigh(A)
        start = V.T @ x0
        return [float(np.sqrt(np.sum(((1 - lr * values) ** k * start) ** 2))) for k in range(n + 1)]

    def run_heavy_ball(A, x0, n, lr, momentum):
        d = len(x0)
        step = np.block(
            [
                [(1 + momentum) * np.eye(d) - lr * A, -momentum * np.eye(d)],
                [np.eye(d), np.zeros((d, d))],
            ]
        )
        pair, norms = np.concatenate([x0, x0]), []
        for _ in range(n + 1):
            norms.append([np.linalg.norm(pair[:d])])
            pair = step @ pair
        return np.array(norms)

    def run_sgd(A, x0, n, lr, noise, rng):
        x = np.array(x0, dtype=float)
        norms = [np.linalg.norm(x)]
        for _ in range(n):
            gradient = rng.normal(A @ x, noise)
            x -= lr * gradient
            norms.append(np.linalg.norm(x))
        return tuple(norms)


@accepted("runs_by_own_rules", file="theory.py")
class runs_by_own_rules:
    """The runs may call the rules of O1, from the other file."""

    def run_gd(A, x0, n, lr):
        from optim import sgd

        x, config, norms = x0.copy(), {"learning_rate": lr}, np.empty(n + 1)
        for k in range(n):
            norms[k] = np.sqrt(x @ x)
            x, config = sgd(x, A @ x, config)
        norms[n] = np.sqrt(x @ x)
        return norms

    def run_heavy_ball(A, x0, n, lr, momentum):
        from optim import sgd_momentum

        points, config = [x0.copy()], {"learning_rate": lr, "momentum": momentum}
        while len(points) <= n:
            x, config = sgd_momentum(points[-1].copy(), A @ points[-1], config)
            points.append(x)
        return np.linalg.norm(points, axis=1)

    def run_sgd(A, x0, n, lr, noise, rng):
        if noise == 0:
            return run_gd(A, x0, n, lr)
        x, norms = x0, [np.linalg.norm(x0)]
        for _ in range(n):
            x = x - lr * A.dot(x) - lr * noise * rng.standard_normal(size=len(x))
            norms += [np.linalg.norm(x)]
        return np.asarray(norms)


@accepted("runs_in_float32", file="theory.py")
class runs_in_float32:
    """Work in float32 is precise enough, whatever dtype comes back."""

    def run_gd(A, x0, n, lr):
        A, x = A.astype(np.float32), x0.astype(np.float32)
        norms = [np.linalg.norm(x)]
        for _ in range(n):
            x = x - np.float32(lr) * (A @ x)
            norms.append(np.linalg.norm(x))
        return np.array(norms, dtype=np.float64)

    def run_heavy_ball(A, x0, n, lr, momentum):
        A, x = A.astype(np.float32), x0.astype(np.float32)
        v, norms = np.zeros_like(x), [np.linalg.norm(x)]
        for _ in range(n):
            v = np.float32(momentum) * v - np.float32(lr) * (A @ x)
            x = x + v
            norms.append(np.linalg.norm(x))
        return np.array(norms, dtype=np.float64)

    def run_sgd(A, x0, n, lr, noise, rng):
        x, norms = x0.astype(np.float32), [np.linalg.norm(x0)]
        for _ in range(n):
            x = (x - lr * (A @ x + noise * rng.standard_normal(x.shape))).astype(np.float32)
            norms.append(np.linalg.norm(x))
        return np.array(norms, dtype=np.float32)
