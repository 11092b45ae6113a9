"""Other right answers: Layer normalisation."""

from autograder.rubric import accepted


@accepted("layernorm_with_an_object_as_cache", file="layers.py")
class layernorm_with_an_object_as_cache:
    """ "All other caches are yours: … an object of a class"; dgamma and dbeta have the shape (1, D), dx is a list."""

    class Saved:
        pass

    def layernorm_forward(x, gamma, beta, ln_param):
        saved = Saved()
        saved.gamma = gamma
        saved.centred = x - x.sum(1)[:, None] / x.shape[1]
        saved.inverse = (np.square(saved.centred).sum(1) / x.shape[1] + ln_param.get("eps", 1e-5)) ** -0.5
        return saved.centred * saved.inverse[:, np.newaxis] * gamma + beta, saved

    def layernorm_backward(dout, saved):
        D = dout.shape[1]
        inverse = saved.inverse[:, np.newaxis]
        x_hat, g = saved.centred * inverse, dout * saved.gamma
        dx = inverse / D * (D * g - g.sum(1, keepdims=True) - x_hat * (g * x_hat).sum(1, keepdims=True))
        return dx.tolist(), (dout * x_hat).sum(0, keepdims=True), dout.sum(0, keepdims=True)


@accepted("layernorm_row_by_row", file="layers.py")
class layernorm_row_by_row:
    """A matrix of derivatives for each row, and NumPy's function along an axis."""

    def layernorm_forward(x, gamma, beta, ln_param):
        eps = ln_param["eps"] if "eps" in ln_param else 1e-5
        x_hat = np.apply_along_axis(lambda row: (row - np.mean(row)) / np.sqrt(np.var(row) + eps), 1, x)
        return np.multiply(gamma, x_hat) + beta, [x, x_hat, gamma, eps]

    def layernorm_backward(dout, cache):
        x, x_hat, gamma, eps = cache
        D = x.shape[1]
        dx = []
        for row, hat, g in zip(x, x_hat, dout * gamma):
            jacobian = (np.eye(D) - np.ones((D, D)) / D - np.outer(hat, hat) / D) / np.sqrt(row.var() + eps)
            dx.append(g @ jacobian)
        return np.stack(dx), np.einsum("nd,nd->d", dout, x_hat), np.einsum("nd->d", dout)


@accepted("layernorm_node_by_node", file="layers.py")
class layernorm_node_by_node:
    """The three paths, one after the other, as in the handout's batch normalisation."""

    def layernorm_forward(x, gamma, beta, ln_param):
        mean, var = x.mean(1, keepdims=True), x.var(1, keepdims=True)
        return gamma * (x - mean) / np.sqrt(var + ln_param.get("eps", 1e-5)) + beta, (x, mean, var, gamma, ln_param)

    def layernorm_backward(dout, cache):
        x, mean, var, gamma, ln_param = cache
        D, root = x.shape[1], np.sqrt(var + ln_param.get("eps", 1e-5))
        dhat = dout * gamma
        dvar = np.sum(dhat * (x - mean) * -0.5 * root**-3, axis=1, keepdims=True)
        dmean = np.sum(-dhat / root, axis=1, keepdims=True) + dvar * np.mean(-2 * (x - mean), axis=1, keepdims=True)
        dx = dhat / root + dvar * 2 * (x - mean) / D + dmean / D
        return dx, np.sum(dout * (x - mean) / root, axis=0), np.sum(dout, axis=0)
