"""Mistakes: Initialisation."""

from autograder.rubric import mutant


@mutant("M05-12a", loses=["o6_example_init", "o6_variance"])
def init_weights(fan_in, fan_out, mode, rng):
    """init_weights multiplies by the variance instead of its root."""
    variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode]
    return variance * rng.standard_normal((fan_in, fan_out))


@mutant("M05-12b", loses=["o6_example_init", "o6_variance"])
def init_weights(fan_in, fan_out, mode, rng):
    """he divides by fan_out: a right xavier earns half."""
    variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_out, "zeros": 0.0}[mode]
    return np.sqrt(variance) * rng.standard_normal((fan_in, fan_out))


@mutant("M05-12c", loses=["o6_example_init", "o6_variance"])
def init_weights(fan_in, fan_out, mode, rng):
    """init_weights draws uniform numbers up to the standard deviation, without the root of 3."""
    bound = np.sqrt({"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode])
    return rng.uniform(-bound, bound, (fan_in, fan_out))


@mutant("M05-12d", loses=["o6_variance"])
def init_weights(fan_in, fan_out, mode, rng):
    """init_weights draws uniform numbers of the right variance: it earns two thirds."""
    bound = np.sqrt(3 * {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "zeros": 0.0}[mode])
    return rng.uniform(-bound, bound, (fan_in, fan_out))


@mutant("M05-12e", loses=["o6_example_init", "o6_variance"], file="theory.py")
class transposed:
    """init_weights has one row per output."""

    _init = init_weights

    def init_weights(fan_in, fan_out, mode, rng):
        return _init(fan_in, fan_out, mode, rng).T


@mutant("M05-12f", loses=["o6_rng"], file="theory.py")
class generator_of_its_own:
    """init_weights makes a generator of its own, the same in every call."""

    _init = init_weights

    def init_weights(fan_in, fan_out, mode, rng):
        return _init(fan_in, fan_out, mode, np.random.default_rng(0))


@mutant("M05-12h", loses=["o6_example_propagate", "o6_propagate"])
def propagate_variance(depth, width, mode, act, n, seed):
    """propagate_variance returns the variance, which takes the mean away that relu has."""
    activation = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[act]
    rng = np.random.default_rng(seed)
    h, out = rng.standard_normal((n, width)), []
    for _ in range(depth):
        h = activation(h @ init_weights(width, width, mode, rng))
        out.append(np.var(h))
    return np.array(out)


@mutant("M05-12j", loses=["o6_example_propagate", "o6_propagate"])
def propagate_variance(depth, width, mode, act, n, seed):
    """propagate_variance begins with the mean square of the inputs."""
    activation = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[act]
    rng = np.random.default_rng(seed)
    h, out = rng.standard_normal((n, width)), []
    for _ in range(depth):
        out.append(np.mean(h**2))
        h = activation(h @ init_weights(width, width, mode, rng))
    return np.array(out)


@mutant("M05-12k", loses=["o6_example_propagate", "o6_propagate"], file="theory.py")
class mode_ignored:
    """propagate_variance always draws he's weights."""

    _propagate = propagate_variance

    def propagate_variance(depth, width, mode, act, n, seed):
        return _propagate(depth, width, "he", act, n, seed)
