import numpy as np
from numpy.linalg import norm, eigh, svd, det


def spectrum(A):
    w, _ = eigh(A)
    return w[0], w[-1]


def optimal_gd(A):
    m, L = spectrum(A)
    return dict(lr=2 / (m + L), rate=(L - m) / (L + m))


def optimal_heavy_ball(A):
    m, L = map(np.sqrt, spectrum(A))
    rate = (L - m) / (L + m)
    return dict(lr=(2 / (L + m)) ** 2, momentum=rate * rate, rate=rate)


def iterate(step, state, n):
    norms = [norm(state[0])]
    for _ in range(n):
        state = step(*state)
        norms.append(norm(state[0]))
    return np.array(norms)


def run_gd(A, x0, n, lr):
    return iterate(lambda x: (x - lr * (A @ x),), (x0,), n)


def run_heavy_ball(A, x0, n, lr, momentum):
    def step(x, v):
        v = momentum * v - lr * (A @ x)
        return x + v, v
    return iterate(step, (x0, np.zeros(len(x0))), n)


def run_sgd(A, x0, n, lr, noise, rng):
    return iterate(lambda x: (x - lr * (A @ x + noise * rng.standard_normal(len(x))),), (x0,), n)


def hvp(grad_fn, w, v, eps=1e-4):
    return 0.5 / eps * (grad_fn(w + eps * v) - grad_fn(w - eps * v))


def max_eig(hvp_fn, n, iters=100, seed=0):
    v = np.random.default_rng(seed).uniform(-1, 1, n)
    v = v / norm(v)
    while True:      # until it does not change any more
        Hv = hvp_fn(v)
        new = Hv / norm(Hv)
        if norm(new - v) < 1e-9:
            return float(new @ hvp_fn(new)), new
        v = new


SCALE = {"xavier": lambda i, o: 2 / (i + o), "he": lambda i, o: 2 / i, "zeros": lambda i, o: 0}
ACT = {"linear": lambda z: z, "relu": lambda z: z.clip(min=0), "tanh": np.tanh}


def init_weights(fan_in, fan_out, mode, rng):
    return SCALE[mode](fan_in, fan_out) ** 0.5 * rng.standard_normal((fan_in, fan_out))


def propagate_variance(depth, width, mode, act, n, seed):
    rng = np.random.default_rng(seed)
    h, out = rng.standard_normal((n, width)), np.empty(depth)
    for l in range(depth):
        h = ACT[act](h @ init_weights(width, width, mode, rng))
        out[l] = np.mean(np.square(h))
    return out


def unit(v):
    return v / norm(v)


def rotate(v, axis, angle):
    """Rodrigues"""
    return v * np.cos(angle) + np.cross(axis, v) * np.sin(angle) + axis * (axis @ v) * (1 - np.cos(angle))


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    turn = np.pi - np.deg2rad(angle_deg)
    chain = [np.zeros(3), np.array([0, 0, bond])]
    chain.append(chain[-1] + rotate(np.array([0, 0, bond]), np.array([1.0, 0, 0]), turn))
    for angle in phi:
        u = unit(chain[-1] - chain[-2])
        normal = unit(np.cross(chain[-2] - chain[-3], u))
        # a zigzag step is cis when turned on: bend the bond in the plane, then turn it about the bond
        d = rotate(bond * u, normal, turn)
        chain.append(chain[-1] + rotate(d, u, angle))
    return np.array(chain)


def classical_mds(D, k=3):
    S = D ** 2
    B = -(S - S.mean(axis=0) - S.mean(axis=1)[:, None] + S.mean()) / 2
    lam, V = eigh(B)
    return (V * np.sqrt(np.abs(lam)))[:, ::-1][:, :k]


def stress_and_grad(X, D, W):
    off = ~np.eye(len(X), dtype=bool)
    diff = X[:, None] - X[None]
    d = norm(diff, axis=-1)
    e = np.where(off, W * (d - D), 0)
    stress = 0.5 * np.sum(e * (d - D))
    return stress, 2 * np.sum((e / np.where(off, d, 1))[..., None] * diff, axis=1)


def kabsch_rmsd(P, Q):
    P, Q = P - P.mean(0), Q - Q.mean(0)
    U, s, Vt = svd(P.T @ Q)
    if det(U @ Vt) < 0:
        U[:, -1] *= -1
    return norm(P @ U @ Vt - Q) / len(P) ** 0.5


def leapfrog(grad_V, q, p, dt, n):
    if n == 0:
        return q, p
    p = p - dt / 2 * grad_V(q)
    for _ in range(n - 1):
        q = q + dt * p
        p = p - dt * grad_V(q)
    q = q + dt * p
    return q, p - dt / 2 * grad_V(q)


def hnn_field(H_grad, z):
    gq, gp = H_grad(z).reshape(2, -1)
    return np.hstack([gp, -gq])


def pinn_residual(params, t):
    z = params["a"] * t[:, None] + params["b"]
    th = np.tanh(z)
    u = params["d"] + (params["c"] * th).sum(1)
    d2 = (params["c"] * params["a"] ** 2 * -2 * th * (1 - th ** 2)).sum(1)
    return d2 + params["omega"] ** 2 * u
