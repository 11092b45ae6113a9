"""Accepted: loops are as good as matrix products: nothing here asks for vectorisation.

file: layers.py
loses:
"""


def affine_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n in range(x.shape[0]):
        row = x[n].ravel()
        for m in range(w.shape[1]):
            out[n, m] = b[m] + sum(row[d] * w[d, m] for d in range(w.shape[0])) if row.size < 100 else b[m] + row @ w[:, m]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(x.shape[0]):
        for m in range(w.shape[1]):
            dx[n] += dout[n, m] * w[:, m].reshape(x.shape[1:])
            dw[:, m] += dout[n, m] * x[n].ravel()
            db[m] += dout[n, m]
    return dx, dw, db


def softmax_loss(x, y):
    loss, dx = 0.0, np.zeros(x.shape)
    for n in range(len(y)):
        top = max(x[n])
        z = sum(np.exp(score - top) for score in x[n])
        loss += np.log(z) + top - x[n, y[n]]
        for c in range(x.shape[1]):
            dx[n, c] = (np.exp(x[n, c] - top) / z - (c == y[n])) / len(y)
    return loss / len(y), dx


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    rows = []
    for row in x:
        mean = row.sum() / len(row)
        std = np.sqrt(((row - mean) ** 2).sum() / len(row) + eps)
        rows.append(((row - mean) / std, std))
    out = np.array([gamma * x_hat + beta for x_hat, _ in rows])
    return out, (rows, gamma)


def layernorm_backward(dout, cache):
    rows, gamma = cache
    dx, dgamma, dbeta = np.zeros(dout.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    for n, (x_hat, std) in enumerate(rows):
        g = dout[n] * gamma
        dx[n] = (g - g.mean() - x_hat * (g * x_hat).mean()) / std
        dgamma += dout[n] * x_hat
        dbeta += dout[n]
    return dx, dgamma, dbeta
