"""My layers. All shapes are in the comments because otherwise I get lost."""
import numpy as np


def flatten(images):
    return images.reshape((len(images), int(np.prod(images.shape[1:]))))


def affine_forward(x, w, b):
    return flatten(x) @ w + b[None, :], (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    grad_x = dout @ w.T                     # (N, D)
    grad_w = flatten(x).T @ dout            # (D, M)
    grad_b = dout.sum(0)                    # (M,)
    return grad_x.reshape(x.shape), grad_w, grad_b


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    grad = np.zeros_like(dout)
    grad[cache > 0] = dout[cache > 0]
    return grad


def log_softmax(scores):
    top = scores.max(1)[:, None]
    return scores - top - np.log(np.exp(scores - top).sum(1))[:, None]


def softmax_loss(x, y):
    logp = log_softmax(x)
    one_hot = np.eye(x.shape[1])[y]         # (N, C)
    loss = -(logp * one_hot).sum(1).mean()
    return loss, (np.exp(logp) - one_hot) / len(x)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    m = bn_param.get("momentum", 0.9)
    zeros = np.zeros(x.shape[1])
    run_mean = bn_param.get("running_mean", zeros)
    run_var = bn_param.get("running_var", zeros)

    if bn_param["mode"] == "test":
        normed = (x - run_mean) / np.sqrt(run_var + eps)
        return normed * gamma + beta, None

    mean = x.mean(0)
    var = x.var(0)
    normed = (x - mean) / np.sqrt(var + eps)
    bn_param["running_mean"] = m * run_mean + (1 - m) * mean
    bn_param["running_var"] = m * run_var + (1 - m) * var
    cache = dict(normed=normed, gamma=gamma, scale=np.sqrt(var + eps))
    return normed * gamma + beta, cache


def batchnorm_backward(dout, cache):
    normed, gamma, scale = cache["normed"], cache["gamma"], cache["scale"]
    g = dout * gamma
    dx = (g - g.mean(0) - normed * (g * normed).mean(0)) / scale
    return dx, (dout * normed).sum(0), dout.sum(0)


def batchnorm_backward_alt(dout, cache):
    # the one above already is the simplified formula :)
    return batchnorm_backward(dout, cache)


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(1)[:, None]
    scale = np.sqrt(x.var(1) + eps)[:, None]
    normed = (x - mean) / scale
    return normed * gamma + beta, dict(normed=normed, gamma=gamma, scale=scale)


def layernorm_backward(dout, cache):
    normed, gamma, scale = cache["normed"], cache["gamma"], cache["scale"]
    g = dout * gamma
    dx = (g - g.mean(1)[:, None] - normed * (g * normed).mean(1)[:, None]) / scale
    return dx, (dout * normed).sum(0), dout.sum(0)


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    rng = np.random.RandomState(dropout_param.get("seed"))
    keep = rng.uniform(size=x.shape) < dropout_param["p"]
    out = np.where(keep, x / dropout_param["p"], 0).astype(x.dtype)
    return out, (keep, dropout_param["p"])


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    keep, p = cache
    return np.where(keep, dout / p, 0)
