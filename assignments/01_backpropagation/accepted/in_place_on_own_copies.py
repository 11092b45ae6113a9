"""Accepted: a copy of one's own may be changed in place, and relu at 0 may have the derivative 1.

file: layers.py
loses:
"""


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = np.array(dout, copy=True)
    dx[cache < 0] = 0  # at exactly 0 the gradient passes
    return dx


def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w
    out += b
    return out, (x, w, b)


def softmax_loss(x, y):
    p = x - x.max(axis=1)[:, None]
    np.exp(p, out=p)
    p /= p.sum(axis=1)[:, None]
    log_z = np.log(np.exp(x - x.max(axis=1)[:, None]).sum(axis=1))
    loss = np.mean(log_z + x.max(axis=1) - x[range(len(y)), y])
    p[range(len(y)), y] -= 1
    p /= len(y)
    return loss, p
