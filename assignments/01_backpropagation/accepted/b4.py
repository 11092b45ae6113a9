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
    # TODO: write batchnorm_backward_alt.
    raise NotImplementedError("batchnorm_backward_alt: not written yet")
    return dx, dgamma, dbeta
