"""Mistakes: Layer normalisation."""

from autograder.rubric import mutant


@mutant("M01-7a", loses=["b5_example_backward", "b5_backward"])
def layernorm_backward(dout, cache):
    """The backward pass takes its means over axis 0, as in batch normalisation."""
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.mean(axis=0)
    slope = (dx_hat * x_hat).mean(axis=0)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta


@mutant("M01-7b", loses=["b5_example_backward", "b5_backward"])
def layernorm_backward(dout, cache):
    """dgamma and dbeta are summed over the features instead of the examples."""
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.mean(axis=1, keepdims=True)
    slope = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=1)
    dbeta = dout.sum(axis=1)
    return dx, dgamma, dbeta


@mutant("M01-7c", loses=["b5_example_backward", "b5_backward"])
def layernorm_backward(dout, cache):
    """The sums over a row are divided by N instead of D."""
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.sum(axis=1, keepdims=True) / len(dout)
    slope = (dx_hat * x_hat).sum(axis=1, keepdims=True) / len(dout)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta


@mutant(
    "M01-7d",
    loses=["b5_example_forward", "b5_example_backward", "b5_forward_values", "b5_backward", "b5_properties"],
    file="layers.py",
)
class statistics_over_the_batch:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half":
    both use the statistics of the batch (axis 0), which is batch normalisation under another name.
    """

    def layernorm_forward(x, gamma, beta, ln_param):
        eps = ln_param.get("eps", 1e-5)
        std = np.sqrt(x.var(axis=0) + eps)
        x_hat = (x - x.mean(axis=0)) / std
        return gamma * x_hat + beta, (x_hat, gamma, std)

    def layernorm_backward(dout, cache):
        x_hat, gamma, std = cache
        dx_hat = dout * gamma
        dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
        return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@mutant("M01-14h", loses=["b5_example_backward", "b5_backward", "b5_properties"])
def layernorm_backward(dout, cache):
    """An unfinished function returns zeros: layernorm_backward."""
    D = dout.shape[1]
    return np.zeros_like(dout), np.zeros(D), np.zeros(D)


@mutant("M01-7e", loses=["b5_properties"])
def layernorm_forward(x, gamma, beta, ln_param):
    """x -= mean changes the caller's batch."""
    std = np.sqrt(x.var(axis=1, keepdims=True) + ln_param.get("eps", 1e-5))
    x -= x.mean(axis=1, keepdims=True)
    x /= std
    return gamma * x + beta, (x.copy(), gamma, std)


@mutant("M01-7f", loses=["b5_properties"])
def layernorm_backward(dout, cache):
    """dout *= gamma changes the caller's gradient."""
    x_hat, gamma, std = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dout *= gamma
    slope = (dout * x_hat).mean(axis=1, keepdims=True)
    return (dout - dout.mean(axis=1, keepdims=True) - x_hat * slope) / std, dgamma, dbeta


@mutant("M01-7g", loses=["b5_forward_values", "b5_backward"], file="layers.py")
class eps_outside_the_root:
    """sqrt(var) + eps in both passes, which are right where eps is small."""

    def layernorm_forward(x, gamma, beta, ln_param):
        root = np.sqrt(x.var(axis=1, keepdims=True))
        std = root + ln_param.get("eps", 1e-5)
        centred = x - x.mean(axis=1, keepdims=True)
        return gamma * centred / std + beta, (centred, root, std, gamma)

    def layernorm_backward(dout, cache):
        centred, root, std, gamma = cache
        g = dout * gamma
        slope = (g * centred).mean(axis=1, keepdims=True) / (std**2 * root)
        dx = (g - g.mean(axis=1, keepdims=True)) / std - centred * slope
        return dx, (dout * centred / std).sum(axis=0), dout.sum(axis=0)


@mutant(
    "M01-7h",
    loses=["b5_example_forward", "b5_example_backward", "b5_forward_values", "b5_backward"],
    file="layers.py",
)
class no_layer_normalisation:
    """A trivial layer with its own right gradient earns nothing for dx and dgamma: gamma * x + beta."""

    def layernorm_forward(x, gamma, beta, ln_param):
        return gamma * x + beta, (x, gamma)

    def layernorm_backward(dout, cache):
        x, gamma = cache
        return dout * gamma, (dout * x).sum(axis=0), dout.sum(axis=0)


@mutant("M01-15h", loses=["b5_example_backward", "b5_backward", "b5_properties"])
def layernorm_backward(dout, cache):
    """A function that is still as it was handed out costs its own points: layernorm_backward."""
    raise NotImplementedError("layernorm_backward: not written yet")


@mutant("M01-7i", loses=["b5_example_forward", "b5_forward_values"])
def layernorm_forward(x, gamma, beta, ln_param):
    """The variance is divided by D - 1: it is paid with the output, and the right backward pass stays right."""
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, keepdims=True, ddof=1) + ln_param.get("eps", 1e-5))
    return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, std)
