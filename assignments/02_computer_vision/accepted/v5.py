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
