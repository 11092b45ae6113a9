import numpy as np


# ---------- O4 ----------

def optimal_gd(A):
    lams = np.linalg.eigvalsh(A)
    m, L = lams.min(), lams.max()
    k = L / m
    return {"lr": 2 / (L + m), "rate": (k - 1) / (k + 1)}


def optimal_heavy_ball(A):
    lams = np.linalg.eigvalsh(A)
    m, L = lams.min(), lams.max()
    k = np.sqrt(L / m)
    return {
        "lr": 4 / (np.sqrt(L) + np.sqrt(m)) ** 2,
        "momentum": ((k - 1) / (k + 1)) ** 2,
        "rate": (k - 1) / (k + 1),
    }


def run_gd(A, x0, n, lr):
    xs = [x0]
    for i in range(n):
        xs.append(xs[-1] - lr * A @ xs[-1])
    return np.linalg.norm(xs, axis=1)


def run_heavy_ball(A, x0, n, lr, momentum):
    x_old, x = x0, x0
    norms = [np.linalg.norm(x)]
    for i in range(n):
        x_new = x - lr * A @ x + momentum * (x - x_old)
        x_old, x = x, x_new
        norms.append(np.linalg.norm(x))
    return np.array(norms)


def run_sgd(A, x0, n, lr, noise, rng):
    xs = [x0]
    for i in range(n):
        g = A @ xs[-1] + rng.normal(0, noise, size=x0.shape)
        xs.append(xs[-1] - lr * g)
    return np.linalg.norm(xs, axis=1)


# ---------- O5 ----------

def hvp(grad_fn, w, v, eps=1e-4):
    gp = grad_fn(w + eps * v)
    gm = grad_fn(w - eps * v)
    return (gp - gm) / (2 * eps)


def max_eig(hvp_fn, n, iters=100, seed=0):
    rng = np.random.default_rng(seed)
    v = rng.normal(size=n)
    v /= np.linalg.norm(v)
    lam = 0
    for i in range(iters):
        Hv = hvp_fn(v)
        lam = v @ Hv
        v = Hv / np.linalg.norm(Hv)
    return lam, v


# ---------- O6 ----------

def init_weights(fan_in, fan_out, mode, rng):
    if mode == "xavier":
        std = np.sqrt(2 / (fan_in + fan_out))
    elif mode == "he":
        std = np.sqrt(2 / fan_in)
    else:
        std = 0
    return rng.normal(size=(fan_in, fan_out)) * std


def propagate_variance(depth, width, mode, act, n, seed):
    rng = np.random.default_rng(seed)
    h = rng.normal(size=(n, width))
    result = []
    for layer in range(depth):
        z = h @ init_weights(width, width, mode, rng)
        if act == "relu":
            h = np.maximum(0, z)
        elif act == "tanh":
            h = np.tanh(z)
        else:
            h = z
        result.append((h ** 2).mean())
    return np.array(result)


# ---------- O7 ----------

def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    theta = angle_deg * np.pi / 180
    coords = np.zeros((len(phi) + 3, 3))
    coords[1] = [bond, 0, 0]
    coords[2] = coords[1] + bond * np.array([-np.cos(theta), np.sin(theta), 0])
    for i, p in enumerate(phi):
        a, b, c = coords[i], coords[i + 1], coords[i + 2]
        u = (c - b) / np.linalg.norm(c - b)
        n = np.cross(b - a, u)
        n /= np.linalg.norm(n)
        m = np.cross(n, u)
        # NeRF: place the atom in the local frame, then rotate it into the world
        local = bond * np.array([-np.cos(theta), np.sin(theta) * np.cos(p), np.sin(theta) * np.sin(p)])
        coords[i + 3] = c + np.column_stack([u, m, n]) @ local
    return coords


def classical_mds(D, k=3):
    n = D.shape[0]
    J = np.eye(n) - np.ones((n, n)) / n
    B = -0.5 * J @ (D ** 2) @ J
    vals, vecs = np.linalg.eigh(B)
    idx = np.argsort(vals)[::-1][:k]
    return vecs[:, idx] * np.sqrt(np.clip(vals[idx], 0, None))


def stress_and_grad(X, D, W):
    n = X.shape[0]
    stress = 0.0
    grad = np.zeros_like(X)
    for i in range(n):
        for j in range(i + 1, n):
            diff = X[i] - X[j]
            dist = np.linalg.norm(diff)
            err = dist - D[i, j]
            stress += W[i, j] * err ** 2
            g = 2 * W[i, j] * err * diff / dist
            grad[i] += g
            grad[j] -= g
    return stress, grad


def kabsch_rmsd(P, Q):
    P = P - P.mean(axis=0)
    Q = Q - Q.mean(axis=0)
    U, S, Vt = np.linalg.svd(P.T @ Q)
    d = np.linalg.det(U) * np.linalg.det(Vt)
    R = U @ np.diag([1, 1, np.sign(d)]) @ Vt
    return np.sqrt(((P @ R - Q) ** 2).sum() / len(P))


# ---------- O8 ----------

def leapfrog(grad_V, q, p, dt, n):
    for i in range(n):
        p = p - 0.5 * dt * grad_V(q)
        q = q + dt * p
        p = p - 0.5 * dt * grad_V(q)
    return q, p


def hnn_field(H_grad, z):
    g = H_grad(z)
    d = len(z) // 2
    return np.concatenate((g[d:], -g[:d]))


def pinn_residual(params, t):
    a, b, c, d, omega = (params[k] for k in ("a", "b", "c", "d", "omega"))
    s = np.tanh(np.outer(t, a) + b)
    u = s @ c + d
    u_tt = (-2 * s * (1 - s ** 2) * a ** 2) @ c
    return u_tt + omega ** 2 * u
