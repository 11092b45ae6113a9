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


@accepted("weights_as_lists", file="theory.py")
class weights_as_lists:
    """A list of rows will do for W, and a list of numbers for out."""

    import math

    def init_weights(fan_in, fan_out, mode, rng):
        scale = {
            "xavier": math.sqrt(2 / (fan_in + fan_out)),
            "he": math.sqrt(2 / fan_in),
            "zeros": 0,
        }[mode]
        return [[scale * z for z in rng.normal(size=fan_out).tolist()] for _ in range(fan_in)]

    def propagate_variance(depth, width, mode, act, n, seed):
        rng = np.random.default_rng(seed)
        h, out = rng.normal(size=(n, width)), []
        for _ in range(depth):
            h = h @ np.array(init_weights(width, width, mode, rng))
            if act == "relu":
                h[h < 0] = 0
            elif act == "tanh":
                h = np.tanh(h)
            out.append(float((h * h).sum() / h.size))
        return out


@accepted("weights_in_float32", file="theory.py")
class weights_in_float32:
    """Work in float32 will do; inputs and weights may come from generators of their own, made of the seed."""

    def init_weights(fan_in, fan_out, mode, rng):
        if mode == "zeros":
            return np.zeros((fan_in, fan_out), dtype=int)
        fan = fan_in if mode == "he" else (fan_in + fan_out) / 1
        return rng.standard_normal((fan_in, fan_out), dtype=np.float32) * np.float32(
            np.sqrt(2 / fan)
        )

    def propagate_variance(depth, width, mode, act, n, seed):
        seeds = np.random.SeedSequence(seed).spawn(depth + 1)
        h = np.random.default_rng(seeds[0]).standard_normal((n, width), dtype=np.float32)
        act = {"linear": lambda z: z, "relu": lambda z: (z + np.abs(z)) / 2, "tanh": np.tanh}[act]
        out = np.zeros((depth, 1), dtype=np.float32)
        for i in range(depth):
            h = act(h @ init_weights(width, width, mode, np.random.default_rng(seeds[i + 1])))
            out[i] = np.linalg.norm(h) ** 2 / (n * width)
        return out


@accepted("signals_with_weights_of_their_own")
def propagate_variance(depth, width, mode, act, n, seed):
    """propagate_variance may draw its weights without init_weights, from NumPy's older generator."""
    rng = np.random.RandomState(seed)
    scale = {"xavier": (1 / width) ** 0.5, "he": (2 / width) ** 0.5, "zeros": 0.0}[mode]
    h, out = rng.randn(n, width), []
    for _ in range(depth):
        z = np.einsum("nd,dm->nm", h, scale * rng.randn(width, width))
        h = z if act == "linear" else np.tanh(z) if act == "tanh" else z.clip(min=0)
        out.append(np.average(h**2))
    return np.array(out)


@accepted("weights_with_a_gain", file="theory.py")
class weights_with_a_gain:
    """init_weights has a further parameter, which propagate_variance passes."""

    def init_weights(fan_in, fan_out, mode, rng, gain=1.0):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode]
        return gain * np.sqrt(variance) * rng.standard_normal((fan_in, fan_out))

    def propagate_variance(depth, width, mode, act, n, seed):
        activation = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[act]
        rng = np.random.default_rng(seed)
        h, out = rng.standard_normal((n, width)), []
        for _ in range(depth):
            h = activation(h @ init_weights(width, width, mode, rng, gain=1.0))
            out.append(np.mean(h**2))
        return np.array(out)
