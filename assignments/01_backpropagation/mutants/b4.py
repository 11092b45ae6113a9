"""Mistakes: Batch normalisation."""

from autograder.rubric import mutant


@mutant("M01-4a", loses=["b4_example_train", "b4_train_values"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """sqrt(var) + eps instead of sqrt(var + eps) while training."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var) + eps
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-4b", loses=["b4_example_running", "b4_test_mode"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """eps is missing in test mode."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-5a", loses=["b4_running"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The running statistics have the shape (1, D)."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0, keepdims=True)
        var = x.var(axis=0, keepdims=True)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std[0])
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-5b", loses=["b4_example_running", "b4_running"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The running variance is divided by N - 1."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-5c", loses=["b4_example_running", "b4_running"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The momentum weighs the new batch instead of the old average."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-5d", loses=["b4_running"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The running statistics are updated in test mode too."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
        running_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0)
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M01-6a", loses=["b4_example_backward", "b4_backward", "b4_properties"])
def batchnorm_backward(dout, cache):
    """The mean and the variance are taken for constants in the backward pass."""
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = dout * gamma / std
    return dx, dgamma, dbeta


@mutant("M01-6b", loses=["b4_example_backward", "b4_backward", "b4_properties"])
def batchnorm_backward(dout, cache):
    """The path through the variance is forgotten in the backward pass."""
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dcentred = dout * gamma / std
    dx = dcentred - dcentred.mean(axis=0)
    return dx, dgamma, dbeta


@mutant("M01-6c", loses=["b4_example_backward", "b4_backward", "b4_properties"])
def batchnorm_backward(dout, cache):
    """The path through the mean is forgotten in the backward pass."""
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = (dx_hat * x_hat * std).sum(axis=0) * -0.5 / std**3
    dx = dx_hat / std + dvar * 2 * x_hat * std / N
    return dx, dgamma, dbeta


@mutant(
    "M01-6d",
    loses=["b4_backward"],
    cascades={"b4_backward": "batchnorm_backward_alt is optional, so no criterion is lost for want of it"},
)
def batchnorm_backward_alt(dout, cache):
    """batchnorm_backward_alt uses std where 1/std is needed."""
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    dx = std * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0))
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@mutant(
    "M01-6h",
    loses=["b4_backward"],
    cascades={"b4_backward": "batchnorm_backward_alt is optional, so no criterion is lost for want of it"},
)
def batchnorm_backward_alt(dout, cache):
    """batchnorm_backward_alt takes a cache of another order and raises."""
    gamma, std, (x_hat, _) = cache
    return dout * gamma / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@mutant("M01-14g", loses=["b4_example_backward", "b4_backward", "b4_properties"])
def batchnorm_backward(dout, cache):
    """An unfinished function returns zeros: batchnorm_backward."""
    D = dout.shape[1]
    return np.zeros_like(dout), np.zeros(D), np.zeros(D)


@mutant("M01-5e", loses=["b4_example_running", "b4_running"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The running variance contains eps."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0) + eps
    x_hat = (x - mean) / np.sqrt(var)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var))


@mutant("M01-4c", loses=["b4_properties"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """x -= mean changes the caller's batch."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, std = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    x -= mean
    x /= std
    return gamma * x + beta, (x.copy(), gamma, std)


@mutant("M01-4d", loses=["b4_properties"])
def batchnorm_backward(dout, cache):
    """dout *= gamma changes the caller's gradient."""
    x_hat, gamma, std = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dout *= gamma
    return (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)) / std, dgamma, dbeta


@mutant("M01-4e", loses=["b4_train_values", "b4_test_mode"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """eps is 1e-8 where none is passed: features that hardly vary come out otherwise."""
    eps, momentum = bn_param.get("eps", 1e-8), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, std = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)


@mutant(
    "M01-4f",
    loses=["b4_example_train", "b4_example_backward", "b4_train_values", "b4_backward", "b4_properties"],
    file="layers.py",
)
class scale_without_a_mean:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": x / std."""

    _batchnorm_forward = batchnorm_forward

    def batchnorm_forward(x, gamma, beta, bn_param):
        out, cache = _batchnorm_forward(x, gamma, beta, bn_param)
        if bn_param["mode"] == "test":
            return out, cache
        std = np.sqrt(x.var(axis=0) + bn_param.get("eps", 1e-5))
        return gamma * x / std + beta, (x, gamma, std)

    def batchnorm_backward(dout, cache):
        x, gamma, std = cache
        slope = (dout * gamma * x).sum(axis=0) / std**3
        return dout * gamma / std - slope * (x - x.mean(axis=0)) / len(x), (dout * x / std).sum(axis=0), dout.sum(axis=0)

    def batchnorm_backward_alt(dout, cache):
        return None


@mutant(
    "M01-4g",
    loses=["b4_example_train", "b4_example_backward", "b4_train_values", "b4_backward", "b4_properties"],
    file="layers.py",
)
class nothing_is_normalised:
    """A trivial layer with its own right gradient earns nothing for dx and dgamma: gamma * x + beta."""

    _batchnorm_forward = batchnorm_forward

    def batchnorm_forward(x, gamma, beta, bn_param):
        out, cache = _batchnorm_forward(x, gamma, beta, bn_param)
        return (out, cache) if bn_param["mode"] == "test" else (gamma * x + beta, (x, gamma))

    def batchnorm_backward(dout, cache):
        x, gamma = cache
        return dout * gamma, (dout * x).sum(axis=0), dout.sum(axis=0)

    def batchnorm_backward_alt(dout, cache):
        return None


@mutant("M01-4h", loses=["b4_backward"], file="layers.py")
class batchnorm_by_differences:
    """ "Finite differences are for checking, not for handing in": one difference for each input."""

    _batchnorm_forward, _batchnorm_backward = batchnorm_forward, batchnorm_backward

    def batchnorm_forward(x, gamma, beta, bn_param):
        out, cache = _batchnorm_forward(x, gamma, beta, bn_param)
        return out, (np.array(x), gamma, beta, bn_param.get("eps", 1e-5), cache)

    def batchnorm_backward(dout, cache):
        x, gamma, beta, eps, inner = cache
        _, dgamma, dbeta = _batchnorm_backward(dout, inner)
        dx = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = x.copy()
                moved[index] += step
                ends.append((_batchnorm_forward(moved, gamma, beta, {"mode": "train", "eps": eps})[0] * dout).sum())
            dx[index] = (ends[0] - ends[1]) / 2e-5
        return dx, dgamma, dbeta

    def batchnorm_backward_alt(dout, cache):
        return None


@mutant("M01-15f", loses=["b4_example_backward", "b4_backward", "b4_properties"])
def batchnorm_backward(dout, cache):
    """A function that is still as it was handed out costs its own points: batchnorm_backward."""
    raise NotImplementedError("batchnorm_backward: not written yet")


@mutant("M01-15g", loses=["b4_example_running", "b4_running", "b4_test_mode"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """A mode that is still as it was handed out costs its own points: the test mode of batchnorm_forward."""
    if bn_param["mode"] == "test":
        raise NotImplementedError("batchnorm_forward: test mode is not written yet")
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    mean, std = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0)
    return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)


@mutant("M01-4i", loses=["b4_example_train", "b4_train_values"])
def batchnorm_forward(x, gamma, beta, bn_param):
    """The variance is divided by N - 1, everywhere: it is paid with the output, and the right backward pass stays right."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0, ddof=1 if len(x) > 1 else 0)
    std = np.sqrt(var + eps)
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)


@mutant("M01-4j", loses=["b4_example_train", "b4_example_backward", "b4_train_values", "b4_backward"], file="layers.py")
class variance_by_n_minus_1_with_its_own_gradient:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": N - 1 in both."""

    _batchnorm_forward = batchnorm_forward

    def batchnorm_forward(x, gamma, beta, bn_param):
        out, cache = _batchnorm_forward(x, gamma, beta, bn_param)
        if bn_param["mode"] == "test" or len(x) == 1:
            return out, cache
        std = np.sqrt(x.var(axis=0, ddof=1) + bn_param.get("eps", 1e-5))
        x_hat = (x - x.mean(axis=0)) / std
        return gamma * x_hat + beta, (x_hat, gamma, std)

    def batchnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dx_hat = dout * gamma
        along = (dx_hat * x_hat).sum(axis=0) / (len(dout) - 1)
        return (dx_hat - dx_hat.mean(axis=0) - x_hat * along) / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)

    def batchnorm_backward_alt(dout, cache):
        return None


@mutant("M01-6e", loses=["b4_example_backward", "b4_backward"])
def batchnorm_backward(dout, cache):
    """ "Each of several gradients has points of its own": dgamma is a mean over the batch, and all else is right."""
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).mean(axis=0), dout.sum(axis=0)
