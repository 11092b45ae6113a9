"""M02-22b The images are reshaped to (N H W, C) as they lie in memory, so that channels mix.

file: layers.py
loses: v5_example_batch, v5_batch_train, v5_batch_running
"""


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
