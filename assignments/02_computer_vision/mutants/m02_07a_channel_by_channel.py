"""M02-7a Batch normalisation of one channel after the other with the same bn_param.

file: layers.py
loses: v5_example_batch, v5_batch_running
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
    out, x_hat, stds = np.zeros_like(x), np.zeros_like(x), np.ones((1, C, 1, 1))
    for c in range(C):
        channel, cache = _batchnorm(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], bn_param)
        out[:, c] = channel.reshape(N, H, W)
        if cache is not None:
            x_hat[:, c], stds[0, c] = cache[0].reshape(N, H, W), cache[2]
    return out, (x_hat, gamma, stds)
