"""Mistakes: Spatial batch and group normalisation."""

from autograder.rubric import mutant


@mutant("M02-7a", loses=["v5_example_batch", "v5_batch_running"], file="layers.py")
class channel_by_channel:
    """Batch normalisation of one channel after the other with the same bn_param."""

    def _batchnorm(x, gamma, beta, bn_param):
        eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
        running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
        if bn_param["mode"] == "test":
            return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        N, C, H, W = x.shape
        out, x_hat, stds = np.zeros_like(x), np.zeros_like(x), np.ones((1, C, 1, 1))
        for c in range(C):
            channel, cache = _batchnorm(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], bn_param)
            out[:, c] = channel.reshape(N, H, W)
            if cache is not None:
                x_hat[:, c], stds[0, c] = cache[0].reshape(N, H, W), cache[2]
        return out, (x_hat, gamma, stds)


@mutant("M02-8a", loses=["v5_example_group", "v5_group_values", "v5_group_backward"])
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Mean and variance are taken over the channels of a group at each pixel."""
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G, H, W)
    mean = groups.mean(axis=2, keepdims=True)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + eps)
    x_hat = ((groups - mean) / std).reshape(N, C, H, W)
    out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
    cache = (x_hat, gamma, std, G)
    return out, cache


@mutant("M02-8b", loses=["v5_example_group", "v5_group_values", "v5_group_backward"])
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Mean and variance are taken over each channel by itself: instance normalisation."""
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G, H, W)
    mean = groups.mean(axis=(3, 4), keepdims=True)
    std = np.sqrt(groups.var(axis=(3, 4), keepdims=True) + eps)
    x_hat = ((groups - mean) / std).reshape(N, C, H, W)
    out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
    cache = (x_hat, gamma, std, G)
    return out, cache


@mutant("M02-8c", loses=["v5_example_group", "v5_group_values", "v5_group_backward"])
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """The channels 0, 2, 4 are a group, and 1, 3, 5 another."""
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, C // G, G, H, W).swapaxes(1, 2)
    mean = groups.mean(axis=(2, 3, 4), keepdims=True)
    std = np.sqrt(groups.var(axis=(2, 3, 4), keepdims=True) + eps)
    x_hat = ((groups - mean) / std).swapaxes(1, 2).reshape(N, C, H, W)
    out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
    cache = (x_hat, gamma, std, G)
    return out, cache


@mutant("M02-8d", loses=["v5_group_values", "v5_group_backward"])
def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """eps is added to the standard deviation."""
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G, H, W)
    mean = groups.mean(axis=(2, 3, 4), keepdims=True)
    std = np.sqrt(groups.var(axis=(2, 3, 4), keepdims=True)) + eps
    x_hat = ((groups - mean) / std).reshape(N, C, H, W)
    out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
    cache = (x_hat, gamma, std, G)
    return out, cache


@mutant("M02-22a", loses=["v5_example_batch", "v5_batch_train", "v5_batch_running", "v5_batch_backward"])
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Mean and variance are taken over the pixels of each image alone."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    C = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))
    cache = None
    if mode == "train":
        mean = x.mean(axis=(2, 3), keepdims=True)
        var = x.var(axis=(2, 3), keepdims=True)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean.mean(axis=0).reshape(C)
        running_var = momentum * running_var + (1 - momentum) * var.mean(axis=0).reshape(C)
    elif mode == "test":
        scale = gamma / np.sqrt(running_var + eps)
        shift = beta - scale * running_mean
        out = scale.reshape(1, C, 1, 1) * x + shift.reshape(1, C, 1, 1)
    else:
        raise ValueError(f"bn_param['mode']: expected 'train' or 'test', got {mode!r}.")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M02-22b", loses=["v5_example_batch", "v5_batch_train", "v5_batch_running"], file="layers.py")
class reshaped_without_a_transpose:
    """The images are reshaped to (N H W, C) as they lie in memory, so that channels mix."""

    def _batchnorm(x, gamma, beta, bn_param):
        eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
        running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
        if bn_param["mode"] == "test":
            return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        N, C, H, W = x.shape
        out, cache = _batchnorm(x.reshape(-1, C), gamma, beta, bn_param)
        if cache is None:
            return out.reshape(N, C, H, W), None
        mean, std = x.mean(axis=(0, 2, 3), keepdims=True), np.sqrt(x.var(axis=(0, 2, 3), keepdims=True) + bn_param.get("eps", 1e-5))
        return out.reshape(N, C, H, W), ((x - mean) / std, gamma, std)


@mutant("M02-22c", loses=["v5_batch_backward"])
def spatial_batchnorm_backward(dout, cache):
    """The backward pass of batch normalisation takes mean and variance for constants."""
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    dx = dout * gamma.reshape(1, -1, 1, 1) / std
    return dx, dgamma, dbeta


@mutant("M02-22d", loses=["v5_batch_running"])
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """eps is missing in test mode."""
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
        running_mean = momentum * running_mean + (1 - momentum) * mean.reshape(C)
        running_var = momentum * running_var + (1 - momentum) * var.reshape(C)
    elif mode == "test":
        scale = gamma / np.sqrt(running_var)
        shift = beta - scale * running_mean
        out = scale.reshape(1, C, 1, 1) * x + shift.reshape(1, C, 1, 1)
    else:
        raise ValueError(f"bn_param['mode']: expected 'train' or 'test', got {mode!r}.")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@mutant("M02-22e", loses=["v5_group_backward"])
def spatial_groupnorm_backward(dout, cache):
    """The backward pass of group normalisation takes mean and variance for constants."""
    x_hat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    grouped = (N, G, C // G, H, W)
    dx_hat = (dout * gamma.reshape(1, C, 1, 1)).reshape(grouped)
    dx = (dx_hat / std).reshape(N, C, H, W)
    return dx, dgamma, dbeta


@mutant("M02-22f", loses=["v5_group_backward"])
def spatial_groupnorm_backward(dout, cache):
    """dgamma is the sum over the whole group."""
    x_hat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).reshape(N, G, -1).sum(axis=(0, 2)).repeat(C // G).reshape(gamma.shape)
    grouped = (N, G, C // G, H, W)
    dx_hat = (dout * gamma.reshape(1, C, 1, 1)).reshape(grouped)
    dx = _normalise_backward(dx_hat, x_hat.reshape(grouped), std, axes=(2, 3, 4)).reshape(N, C, H, W)
    return dx, dgamma, dbeta


@mutant("M02-27a", loses=["v5_batch_running"])
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """A test goes on averaging: it does not leave the running statistics as they are."""
    eps, momentum, C = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9), x.shape[1]
    running_mean, running_var = bn_param.get("running_mean", np.zeros(C)), bn_param.get("running_var", np.zeros(C))
    mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    used = (mean, var) if bn_param["mode"] == "train" else (running_mean, running_var)
    std = np.sqrt(used[1] + eps).reshape(1, C, 1, 1)
    x_hat = (x - used[0].reshape(1, C, 1, 1)) / std
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1), (x_hat, gamma, std)


@mutant(
    "M02-27b",
    loses=["v5_example_batch", "v5_batch_train", "v5_batch_running", "v5_batch_backward"],
    file="layers.py",
)
class statistics_of_each_image:
    """Statistics of each image alone, forwards and backwards: the gradient is right for that, and earns half."""

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        eps = bn_param.get("eps", 1e-5)
        std = np.sqrt(x.var(axis=(2, 3), keepdims=True) + eps)
        x_hat = (x - x.mean(axis=(2, 3), keepdims=True)) / std
        return gamma.reshape(1, -1, 1, 1) * x_hat + beta.reshape(1, -1, 1, 1), (x_hat, gamma, std)

    def spatial_batchnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dx = _normalise_backward(dout * gamma.reshape(1, -1, 1, 1), x_hat, std, axes=(2, 3))
        return dx, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@mutant("M02-27c", loses=["v5_example_group", "v5_group_values", "v5_group_backward"], file="layers.py")
class statistics_of_each_channel:
    """Instance normalisation, forwards and backwards: the gradient is right for that, and earns half."""

    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        std = np.sqrt(x.var(axis=(2, 3), keepdims=True) + gn_param.get("eps", 1e-5))
        x_hat = (x - x.mean(axis=(2, 3), keepdims=True)) / std
        return gamma.reshape(1, -1, 1, 1) * x_hat + beta.reshape(1, -1, 1, 1), (x_hat, gamma, std)

    def spatial_groupnorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dx = _normalise_backward(dout * gamma.reshape(1, -1, 1, 1), x_hat, std, axes=(2, 3))
        return dx, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@mutant("M02-27d", loses=["v5_example_group", "v5_group_values", "v5_group_backward"], file="layers.py")
class no_normalisation:
    """Scale and shift alone: consistent with itself, and worth no half; dbeta is right all the same."""

    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        return gamma.reshape(1, -1, 1, 1) * x + beta.reshape(1, -1, 1, 1), (x, gamma)

    def spatial_groupnorm_backward(dout, cache):
        x, gamma = cache
        return dout * gamma.reshape(1, -1, 1, 1), (dout * x).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@mutant("M02-27e", loses=["v5_example_group", "v5_group_values", "v5_group_backward"], file="layers.py")
class groups_of_g_channels:
    """G is taken for the size of a group: right for 4 channels and 2 groups."""

    _groupnorm = spatial_groupnorm_forward

    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        return _groupnorm(x, gamma, beta, x.shape[1] // G, gn_param)


@mutant("M02-27f", loses=["v5_batch_train", "v5_batch_backward"], file="layers.py")
class square_images_alone:
    """Rows are put back as if every image were square."""

    _batchnorm = spatial_batchnorm_forward

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        out, cache = _batchnorm(x, gamma, beta, bn_param)
        N, C, H, _ = x.shape
        return out.transpose(0, 2, 3, 1).reshape(N, H, H, C).transpose(0, 3, 1, 2), cache


@mutant(
    "M02-22k",
    loses=["v5_example_batch", "v5_batch_train", "v5_batch_running", "v5_batch_backward"],
    file="layers.py",
)
class variance_divided_by_one_less:
    """The variance is divided by N H W - 1: of the gradients, dbeta alone is right."""

    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        C, eps, momentum = x.shape[1], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        running_mean = bn_param.get("running_mean", np.zeros(C))
        running_var = bn_param.get("running_var", np.zeros(C))
        wide = (1, C, 1, 1)
        if bn_param["mode"] == "test":
            x_hat = (x - running_mean.reshape(wide)) / np.sqrt(running_var.reshape(wide) + eps)
            return gamma.reshape(wide) * x_hat + beta.reshape(wide), None
        mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True, ddof=1)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean.reshape(C)
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var.reshape(C)
        return gamma.reshape(wide) * x_hat + beta.reshape(wide), (x_hat, gamma, std)
