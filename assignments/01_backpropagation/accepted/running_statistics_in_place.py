"""Accepted: running averages may be updated in place.

file: layers.py
loses:
"""


def batchnorm_forward(x, gamma, beta, bn_param):
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
