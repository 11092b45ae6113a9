"""Other right answers: Frontier: protein folding, geometry."""

from autograder.rubric import accepted


@accepted("folding_by_formula", file="theory.py")
class folding_by_formula:
    """The formulas of the handout, done literally; lists of atoms and of rows will do for arrays."""

    def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
        theta = angle_deg * np.pi / 180
        X = [
            [0.0, 0.0, 0.0],
            [0.0, 0.0, bond],
            [0.0, bond * np.sin(theta), bond - bond * np.cos(theta)],
        ]
        for varphi in phi:
            a, b, c = (np.array(atom) for atom in X[-3:])
            u = (c - b) / np.linalg.norm(c - b)
            n = np.cross(b - a, u)
            n /= np.linalg.norm(n)
            d = c + bond * (
                -np.cos(theta) * u
                + np.sin(theta) * np.cos(varphi) * np.cross(n, u)
                + np.sin(theta) * np.sin(varphi) * n
            )
            X.append([float(x) for x in d])
        return X

    def classical_mds(D, k=3):
        n = len(D)
        J = np.eye(n) - np.ones((n, n)) / n
        B = -1 / 2 * J @ (D**2) @ J
        values, V = np.linalg.eigh(B)
        order = values.argsort()[::-1][:k]
        return (V[:, order] @ np.diag(np.sqrt(np.clip(values[order], 0, None)))).tolist()

    def stress_and_grad(X, D, W):
        n, stress, dX = len(X), 0, np.zeros((len(X), 3))
        for i in range(n):
            for j in range(i + 1, n):
                length = np.linalg.norm(X[i] - X[j])
                stress += W[i, j] * (length - D[i, j]) ** 2
                pull = 2 * W[i, j] * (length - D[i, j]) * (X[i] - X[j]) / length
                dX[i] += pull
                dX[j] -= pull
        return [np.array([stress]), dX.tolist()]

    def kabsch_rmsd(P, Q):
        P, Q = P - np.mean(P, axis=0), Q - np.mean(Q, axis=0)
        U, S, Vt = np.linalg.svd(np.dot(P.T, Q))
        if np.linalg.det(U) * np.linalg.det(Vt) < 0:
            U[:, -1] = -U[:, -1]
        return np.sqrt(((P @ (U @ Vt) - Q) ** 2).sum() / len(P))


@accepted("folding_by_rotations", file="theory.py")
class folding_by_rotations:
    """A chain by rotations, points by a singular value decomposition, forces by einsum, turns by quaternions."""

    def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
        turn = np.pi - np.deg2rad(angle_deg)
        bend = np.array(
            [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]]
        )
        frame, X = np.eye(3), np.zeros((len(phi) + 3, 3))
        X[1] = bond * frame[:, 0]
        frame = frame @ bend
        X[2] = X[1] + bond * frame[:, 0]
        for i, angle in enumerate(phi):
            c, s = np.cos(angle), np.sin(angle)  # the frame turns about the bond
            frame = frame @ np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]]) @ bend
            X[i + 3] = X[i + 2] + bond * frame[:, 0]
        return X

    def classical_mds(D, k=3):
        squares = D * D
        B = (
            -(
                squares
                - squares.mean(0, keepdims=True)
                - squares.mean(1, keepdims=True)
                + squares.mean()
            )
            / 2
        )
        U, s, _ = np.linalg.svd((B + B.T) / 2)
        return U[:, :k] * np.sqrt(s[:k])

    def stress_and_grad(X, D, W):
        r = X[:, None] - X
        d = np.sqrt((r**2).sum(-1) + np.eye(len(X)))
        W = W * (1 - np.eye(len(X)))
        return 0.5 * np.sum(W * (d - D) ** 2), np.einsum("ij,ijk->ik", 2 * W * (d - D) / d, r)

    def kabsch_rmsd(P, Q):
        P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
        S = P.T @ Q
        A = S - S.T
        delta = np.array([A[1, 2], A[2, 0], A[0, 1]])
        K = np.block(
            [
                [np.trace(S) * np.ones((1, 1)), delta[None]],
                [delta[:, None], S + S.T - np.trace(S) * np.eye(3)],
            ]
        )
        left = np.sum(P**2) + np.sum(Q**2) - 2 * np.linalg.eigvalsh(K)[-1]
        return float(np.sqrt(max(left, 0.0) / len(P)))


@accepted("folding_in_float32", file="theory.py")
class folding_in_float32:
    """Work in float32 is precise enough, whatever dtype comes back."""

    _stress, _rmsd = stress_and_grad, kabsch_rmsd

    def stress_and_grad(X, D, W):
        X, D, W = (one.astype(np.float32) for one in (X, D, W))
        stress, dX = _stress(X, D, W)
        return float(stress), dX.astype(np.float64)

    def kabsch_rmsd(P, Q):
        return np.float64(_rmsd(P.astype(np.float32), Q.astype(np.float32)))


@accepted("folding_with_float32_inside", file="theory.py")
class folding_with_float32_inside:
    """Work in float32 is precise enough, also where a root is taken of what rounding leaves."""

    _mds = classical_mds

    def classical_mds(D, k=3):
        return _mds(D.astype(np.float32), k)

    def kabsch_rmsd(P, Q):
        P, Q = (np.float32(X - X.mean(axis=0)) for X in (P, Q))
        U, s, Vt = np.linalg.svd(P.T @ Q)
        s[-1] *= np.sign(np.linalg.det(U @ Vt))
        return np.sqrt(max(0, (np.sum(P**2) + np.sum(Q**2) - 2 * np.sum(s)) / len(P)))
