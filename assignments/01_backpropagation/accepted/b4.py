"""Other right answers: Batch normalisation."""

from autograder.rubric import accepted


@accepted("alt_of_pass")
def batchnorm_backward_alt(dout, cache):
    """An optional function that returns None was not attempted."""
    dx, dgamma, dbeta = None, None, None
    return dx, dgamma, dbeta


@accepted("running_statistics_in_place")
def batchnorm_forward(x, gamma, beta, bn_param):
    """running averages may be updated in place."""
    bn_param.setdefault("eps", 1e-5)
    bn_param.setdefault("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        scale = gamma / np.sqrt(bn_param["running_var"] + bn_param["eps"])
        return x * scale + (beta - bn_param["running_mean"] * scale), None
    mean, var = np.mean(x, axis=0), np.mean((x - np.mean(x, axis=0)) ** 2, axis=0)
    for name, batch in (("running_mean", mean), ("running_var", var)):
        bn_param[name] *= bn_param["momentum"]
        bn_param[name] += (1 - bn_param["momentum"]) * batch
    std = np.sqrt(var + bn_param["eps"])
    return gamma * ((x - mean) / std) + beta, ((x - mean) / std, gamma, std)


@accepted("without_alt")
def batchnorm_backward_alt(dout, cache):
    """batchnorm_backward_alt is optional."""
    raise NotImplementedError("no time left")


@accepted("alt_as_handed_out")
def batchnorm_backward_alt(dout, cache):
    """ "Optional": the function is still as it was handed out."""
    raise NotImplementedError("batchnorm_backward_alt: not written yet")
    return dx, dgamma, dbeta


@accepted("keepdims_in_batchnorm_gradients", file="layers.py")
class keepdims_in_batchnorm_gradients:
    """ "Axes of length 1 more": dgamma and dbeta have the shape (1, D)."""

    def batchnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dgamma, dbeta = (dout * x_hat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)
        return gamma / std * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout)), dgamma, dbeta

    def batchnorm_backward_alt(dout, cache):
        return [np.asarray(part).tolist() for part in batchnorm_backward(dout, cache)]


@accepted("batchnorm_node_by_node", file="layers.py")
class batchnorm_node_by_node:
    """The graph of the forward pass in nine nodes, and back through each; the cache is a dict of all of them."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        mode = bn_param["mode"]
        eps = bn_param.get("eps", 1e-5)
        momentum = bn_param.get("momentum", 0.9)
        N, D = x.shape
        running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
        running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
        out, cache = None, None
        if mode == "train":
            mu = 1.0 / N * np.sum(x, axis=0)
            xmu = x - mu
            var = 1.0 / N * np.sum(xmu**2, axis=0)
            sqrtvar = np.sqrt(var + eps)
            ivar = 1.0 / sqrtvar
            xhat = xmu * ivar
            out = gamma * xhat + beta
            cache = dict(xhat=xhat, gamma=gamma, xmu=xmu, ivar=ivar, sqrtvar=sqrtvar, var=var, eps=eps)
            bn_param["running_mean"] = momentum * running_mean + (1.0 - momentum) * mu
            bn_param["running_var"] = momentum * running_var + (1.0 - momentum) * var
            bn_param["batches"] = bn_param.get("batches", 0) + 1
        elif mode == "test":
            out = gamma * ((x - running_mean) * (running_var + eps) ** -0.5) + beta
        return out, cache

    def batchnorm_backward(dout, cache):
        N, D = dout.shape
        dbeta = np.sum(dout, axis=0)
        dgamma = np.sum(dout * cache["xhat"], axis=0)
        dxhat = dout * cache["gamma"]
        divar = np.sum(dxhat * cache["xmu"], axis=0)
        dxmu1 = dxhat * cache["ivar"]
        dsqrtvar = -1.0 / (cache["sqrtvar"] ** 2) * divar
        dvar = 0.5 * 1.0 / np.sqrt(cache["var"] + cache["eps"]) * dsqrtvar
        dsq = 1.0 / N * np.ones((N, D)) * dvar
        dxmu2 = 2 * cache["xmu"] * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1.0 / N * np.ones((N, D)) * dmu
        return dx1 + dx2, dgamma, dbeta

    def batchnorm_backward_alt(dout, cache):
        N = len(dout)
        xhat, scale = cache["xhat"], cache["gamma"] * cache["ivar"] / N
        dx = scale * (N * dout - dout.sum(0) - xhat * (dout * xhat).sum(0))
        return dx, (dout * xhat).sum(0), dout.sum(0)


@accepted("batchnorm_feature_by_feature", file="layers.py")
class batchnorm_feature_by_feature:
    """A loop over features; the variance is the mean of squares less the square of the mean; gradients by a matrix."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        training = bn_param["mode"] == "train"
        mean = [np.mean(column) for column in x.T] if training else bn_param["running_mean"]
        var = [np.mean(c**2) - np.mean(c) ** 2 for c in x.T] if training else bn_param["running_var"]
        out = np.empty_like(x)
        for d in range(x.shape[1]):
            out[:, d] = gamma[d] * (x[:, d] - mean[d]) / np.sqrt(var[d] + eps) + beta[d]
        if training:
            old = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.zeros(x.shape[1]))
            bn_param.update(
                running_mean=old[0] * momentum + np.array(mean) * (1 - momentum),
                running_var=old[1] * momentum + np.array(var) * (1 - momentum),
            )
        return out, (x.copy(), np.array(mean), np.array(var), gamma, eps)

    def batchnorm_backward(dout, cache):
        x, mean, var, gamma, eps = cache
        N, D = x.shape
        dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
        for d in range(D):
            std = np.sqrt(var[d] + eps)
            hat = (x[:, d] - mean[d]) / std
            jacobian = (np.eye(N) - 1 / N - np.outer(hat, hat) / N) / std
            dx[:, d] = gamma[d] * jacobian.T @ dout[:, d]
            dgamma[d], dbeta[d] = hat @ dout[:, d], dout[:, d].sum()
        return dx, dgamma, dbeta

    def batchnorm_backward_alt(dout, cache):
        pass
