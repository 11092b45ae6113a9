"""Other right answers: Initialisation."""

from autograder.rubric import accepted


@accepted("init_by_normal", file="theory.py")
class init_by_normal:
    """rng.normal with a scale, in column order."""

    def init_weights(fan_in, fan_out, mode, rng):
        if mode == "zeros":
            return np.zeros((fan_in, fan_out))
        fan = fan_in if mode == "he" else (fan_in + fan_out)
        return rng.normal(0, (2 / fan) ** 0.5, size=(fan_out, fan_in)).T

    def propagate_variance(depth, width, mode, act, n, seed):
        rng = np.random.default_rng(seed)
        layers = [init_weights(width, width, mode, rng) for _ in range(depth)]
        h = rng.standard_normal((width, n))
        out = np.zeros(depth)
        for i, W in enumerate(layers):
            z = W.T @ h
            h = {"linear": z, "relu": z * (z > 0), "tanh": np.tanh(z)}[act]
            out[i] = (h**2).mean()
        return out
