"""Accepted: a cache may be an object of any class, a closure or a dict.

file: layers.py
loses:
"""


class BatchNormCache:
    def __init__(self, **values):
        self.__dict__.update(values)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, BatchNormCache(x_hat=x_hat, gamma=gamma, scale=gamma / np.sqrt(var + eps))


def batchnorm_backward(dout, cache):
    dgamma, dbeta = (dout * cache.x_hat).sum(axis=0), dout.sum(axis=0)
    return cache.scale * (dout - (dbeta + cache.x_hat * dgamma) / len(dout)), dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    return batchnorm_backward(dout, cache)


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std

    def backward(dout):
        g = dout * gamma
        dx = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
        return dx / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)

    return gamma * x_hat + beta, backward


def layernorm_backward(dout, cache):
    return cache(dout)


def dropout_forward(x, dropout_param):
    rng = np.random.RandomState(dropout_param.get("seed"))
    if dropout_param["mode"] == "test":
        return x, {"mask": 1.0}
    mask = rng.binomial(1, dropout_param["p"], size=x.shape) / dropout_param["p"]
    return (x * mask).astype(x.dtype), {"mask": mask}


def dropout_backward(dout, cache):
    return dout * cache["mask"]
