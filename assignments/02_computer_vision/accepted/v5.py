"""Other right answers: Spatial batch and group normalisation."""

from autograder.rubric import accepted


@accepted("running_statistics_as_a_row")
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Axes of length 1 more: the running statistics have the shape (1, C)."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    C = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=(0, 2, 3), keepdims=True)
        var = x.var(axis=(0, 2, 3), keepdims=True)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean.reshape(1, C)
        running_var = momentum * running_var + (1 - momentum) * var.reshape(1, C)
    elif mode == "test":
        scale = gamma / np.sqrt(running_var + eps)
        shift = beta - scale * running_mean
        out = scale.reshape(1, C, 1, 1) * x + shift.reshape(1, C, 1, 1)
    else:
        raise ValueError(f"bn_param['mode']: expected 'train' or 'test', got {mode!r}.")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@accepted("gradients_with_axes_of_length_1", file="layers.py")
class kept_axes:
    """dgamma and dbeta keep their axes: (1, C, 1, 1) for batches, (C,) for groups ("dgamma and dbeta of either shape")."""

    def spatial_batchnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dbeta, dgamma = dout.sum(axis=(0, 2, 3), keepdims=True), (dout * x_hat).sum(axis=(0, 2, 3), keepdims=True)
        m = dout.size // dout.shape[1]
        return gamma.reshape(1, -1, 1, 1) / std * (dout - dbeta / m - x_hat * dgamma / m), dgamma, dbeta

    def spatial_groupnorm_backward(dout, cache):
        x_hat, gamma, std, G = cache
        N, C, H, W = dout.shape
        d, h = (dout * gamma).reshape(N, G, -1), x_hat.reshape(N, G, -1)
        dx = (d - d.mean(2, keepdims=True) - h * (d * h).mean(2, keepdims=True)) / std.reshape(N, G, 1)
        return dx.reshape(N, C, H, W), np.einsum("nchw,nchw->c", dout, x_hat), np.einsum("nchw->c", dout)


@accepted("the_formula_of_v5_and_its_graph", file="layers.py")
class step_by_step:
    """The formula as it stands, and its graph backwards step by step; averages in place; lists in bn_param."""

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        eps, momentum, C = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9), x.shape[1]
        means = np.asarray(bn_param.setdefault("running_mean", np.zeros(C)))
        variances = np.asarray(bn_param.setdefault("running_var", np.zeros(C)))
        rows = np.moveaxis(x, 1, -1).reshape(-1, C)
        if bn_param["mode"] == "test":
            out = gamma * (rows - means) / np.sqrt(variances + eps) + beta
            return np.moveaxis(out.reshape(x.shape[0], *x.shape[2:], C), -1, 1), None
        centred = rows - rows.sum(axis=0) / len(rows)
        var = (centred**2).sum(axis=0) / len(rows)
        root = np.sqrt(var + eps)
        out = gamma * (centred / root) + beta
        bn_param["running_mean"] = list(momentum * means + (1 - momentum) * rows.mean(axis=0))
        bn_param["running_var"] = list(momentum * variances + (1 - momentum) * var)
        return np.moveaxis(out.reshape(x.shape[0], *x.shape[2:], C), -1, 1), (centred, root, gamma)

    def spatial_batchnorm_backward(dout, cache):
        centred, root, gamma = cache
        rows = np.moveaxis(dout, 1, -1).reshape(centred.shape)
        dhat = rows * gamma
        dvar = (dhat * centred).sum(axis=0) * -0.5 / root**3
        dcentred = dhat / root + 2 * centred * dvar / len(rows)
        dx = dcentred - dcentred.mean(axis=0)
        dx = np.moveaxis(dx.reshape(dout.shape[0], *dout.shape[2:], dout.shape[1]), -1, 1)
        return [dx, (rows * centred / root).sum(axis=0), rows.sum(axis=0)]


@accepted("averages_changed_in_place")
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """The running arrays of bn_param may be changed in place; the variance as the mean of squares less the squared mean."""
    eps, momentum, C = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9), x.shape[1]
    for name in ("running_mean", "running_var"):
        if name not in bn_param:
            bn_param[name] = np.zeros(C)
    mean, var = bn_param["running_mean"], bn_param["running_var"]
    if bn_param["mode"] == "train":
        mean = np.mean(x, axis=(0, 2, 3))
        var = np.mean(x * x, axis=(0, 2, 3)) - mean**2
        for name, value in (("running_mean", mean), ("running_var", var)):
            bn_param[name] *= momentum
            bn_param[name] += (1 - momentum) * value
    std = np.sqrt(var + eps)[:, None, None]
    x_hat = (x - mean[:, None, None]) / std
    return x_hat * gamma[:, None, None] + beta[:, None, None], (x_hat, gamma, std)


@accepted("groups_as_batches_of_one_channel", file="layers.py")
class groups_by_batchnorm:
    """Group normalisation by batch normalisation of (1, N G, pixels, 1), with gamma and beta afterwards."""

    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        N, C, H, W = x.shape
        settings = {"mode": "train", "eps": gn_param.get("eps", 1e-5)}
        ones = np.ones(N * G)
        x_hat, cache = spatial_batchnorm_forward(x.reshape(1, N * G, -1, 1), ones, 0 * ones, settings)
        x_hat = x_hat.reshape(x.shape)
        return x_hat * gamma.reshape(-1, 1, 1) + beta.reshape(-1, 1, 1), (x_hat, gamma, cache, N * G)

    def spatial_groupnorm_backward(dout, cache):
        x_hat, gamma, inner, groups = cache
        dx, _, _ = spatial_batchnorm_backward((dout * gamma.reshape(-1, 1, 1)).reshape(1, groups, -1, 1), inner)
        dgamma, dbeta = ((one.sum(axis=(0, 2, 3))).reshape(gamma.shape) for one in (dout * x_hat, dout))
        return dx.reshape(dout.shape), dgamma, dbeta
