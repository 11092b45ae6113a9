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
        xs.append(xs[-1] - lr * A @ xs[-1])  # TODO noise
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


def kabsch_rmsd(P, Q):
    return 0.0
