"""Mistakes: First-order rules."""

from autograder.rubric import mutant


@mutant(
    "M05-1a",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam computes both corrected moments, and steps with m."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * config["m"] / (np.sqrt(v_hat) + config["epsilon"]), config


@mutant(
    "M05-1b",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam computes both corrected moments, and divides by the root of v."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m_hat / (np.sqrt(config["v"]) + config["epsilon"]), config


@mutant(
    "M05-2",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam steps with m and v as they are."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@mutant(
    "M05-3a",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    file="optim.py",
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
class adam_t_not_stored:
    """adam increments t, but does not store it: every step is corrected as the first."""

    _adam = adam

    def adam(w, dw, config=None):
        t = (config or {}).get("t", 0)
        next_w, config = _adam(w, dw, config)
        config["t"] = t
        return next_w, config


@mutant(
    "M05-3b",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    file="optim.py",
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
class adam_t_incremented_too_late:
    """adam uses t before it is incremented: the first step divides by 0."""

    _adam = adam

    def adam(w, dw, config=None):
        config = dict(config or {})
        config["t"] = config.get("t", 0) - 1
        next_w, config = _adam(w, dw, config)
        config["t"] += 1
        return next_w, config


@mutant(
    "M05-4",
    loses=["o1_example_adam", "o1_adam", "o1_properties", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam adds beta1 to the gradient instead of multiplying m by it."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"]), config


@mutant("M05-5a", loses=["o1_example_rmsprop", "o1_rmsprop"])
def rmsprop(w, dw, config=None):
    """rmsprop divides by the cache instead of its root."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / (config["cache"] + config["epsilon"]), config


@mutant("M05-5b", loses=["o1_epsilon_rmsprop"])
def rmsprop(w, dw, config=None):
    """rmsprop takes the root of cache + epsilon."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / np.sqrt(config["cache"] + config["epsilon"]), config


@mutant("M05-5c", loses=["o1_epsilon"])
def adam(w, dw, config=None):
    """adam takes the root of v + epsilon."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m_hat / np.sqrt(v_hat + config["epsilon"]), config


@mutant("M05-5d", loses=["o1_example_rmsprop", "o1_rmsprop"])
def rmsprop(w, dw, config=None):
    """rmsprop gives the old cache the weight 1 - decay_rate."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = (1 - config["decay_rate"]) * config["cache"] + config["decay_rate"] * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config


@mutant("M05-6a", loses=["o1_example_momentum", "o1_momentum"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum steps with momentum times the new velocity, as Nesterov's method does."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    config["velocity"] = v
    return w + config["momentum"] * v - config["learning_rate"] * dw, config


@mutant("M05-6b", loses=["o1_example_momentum", "o1_momentum", "o1_state_momentum"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum forgets its velocity."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, config


@mutant("M05-6c", loses=["o1_example_momentum", "o1_momentum"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum adds the gradient to the velocity."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    config["velocity"] = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w + config["velocity"], config


@mutant("M05-7", loses=["o1_safe"])
def sgd(w, dw, config=None):
    """sgd multiplies dw by the learning rate in place (w may be changed, dw may not)."""
    config = {"learning_rate": 1e-2} | (config or {})
    dw *= config["learning_rate"]
    return w - dw, config


@mutant("M05-16a", loses=["o1_example_sgd", "o1_sgd"])
def sgd(w, dw, config=None):
    """sgd adds the gradient."""
    config = {"learning_rate": 1e-2} | (config or {})
    return w + config["learning_rate"] * dw, config


@mutant("M05-16b", loses=["o1_example_sgd", "o1_sgd"])
def sgd(w, dw, config=None):
    """sgd has another learning rate where the config names none."""
    config = {"learning_rate": 1e-3} | (config or {})
    return w - config["learning_rate"] * dw, config


@mutant("M05-17a", loses=["o1_momentum", "o1_state_momentum"], file="optim.py")
class velocity_is_global:
    """sgd_momentum keeps the velocities in a global variable, one per shape."""

    _velocities = {}

    def sgd_momentum(w, dw, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9} | (config or {})
        v = config["momentum"] * _velocities.get(w.shape, 0.0) - config["learning_rate"] * dw
        _velocities[w.shape] = config["velocity"] = v
        return w + v, config


@mutant(
    "M05-17b",
    loses=["o1_adam", "o1_state", "o2_adamw"],
    file="optim.py",
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
class adam_counts_all_calls:
    """adam counts its calls for all parameters together."""

    _calls = 0
    _adam = adam

    def adam(w, dw, config=None):
        global _calls
        next_w, config = _adam(w, dw, (config or {}) | {"t": _calls})
        _calls = config["t"]
        return next_w, config


@mutant(
    "M05-3c",
    loses=["o1_example_adam", "o1_adam", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam begins with t = 1, and increments it before it is used."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"]), config


@mutant(
    "M05-4b",
    loses=["o1_example_adam", "o1_adam", "o1_properties", "o2_adamw"],
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
def adam(w, dw, config=None):
    """adam divides by v instead of its root."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * m_hat / (v_hat + config["epsilon"]), config


@mutant("M05-5e", loses=["o1_epsilon_rmsprop"])
def rmsprop(w, dw, config=None):
    """rmsprop has no epsilon below, whatever the config says."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / np.sqrt(config["cache"]), config


@mutant("M05-6d", loses=["o1_momentum_zero"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum takes a momentum of 0 for one that is missing."""
    config = {"learning_rate": 1e-2, "velocity": np.zeros_like(w)} | (config or {})
    momentum = config.get("momentum") or 0.9
    config["velocity"] = momentum * config["velocity"] - config["learning_rate"] * dw
    return w + config["velocity"], config


@mutant("M05-7b", loses=["o1_momentum"], file="optim.py")
class momentum_changes_dw:
    """sgd_momentum changes dw in place: a right path earns three quarters."""

    _momentum = sgd_momentum

    def sgd_momentum(w, dw, config=None):
        answer = _momentum(w, dw, config)
        dw *= 0.5
        return answer


@mutant("M05-7c", loses=["o1_rmsprop"], file="optim.py")
class rmsprop_changes_dw:
    """rmsprop squares dw in place: a right path earns three quarters."""

    _rmsprop = rmsprop

    def rmsprop(w, dw, config=None):
        answer = _rmsprop(w, dw, config)
        dw **= 2
        return answer


@mutant("M05-7d", loses=["o1_adam"], file="optim.py")
class adam_changes_dw:
    """adam squares dw in place: a right path earns three quarters."""

    _adam = adam

    def adam(w, dw, config=None):
        answer = _adam(w, dw, config)
        dw **= 2
        return answer


@mutant("M05-17c", loses=["o1_example_momentum", "o1_state_momentum"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum remembers its velocity under another name."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "v": np.zeros_like(w)} | (config or {})
    config["v"] = config["momentum"] * config["v"] - config["learning_rate"] * dw
    return w + config["v"], config


@mutant("M05-17d", loses=["o1_example_momentum", "o1_state_momentum"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum remembers the velocity with the opposite sign, and subtracts it."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    config["velocity"] = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w - config["velocity"], config


@mutant("M05-17e", loses=["o1_example_rmsprop", "o1_state_rmsprop"])
def rmsprop(w, dw, config=None):
    """rmsprop remembers its cache under another name."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "v": np.zeros_like(w)} | (config or {})
    config["v"] = config["decay_rate"] * config["v"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["v"]) + config["epsilon"]), config


@mutant("M05-17f", loses=["o1_rmsprop", "o1_state_rmsprop"])
def rmsprop(w, dw, config=None, caches={}):
    """rmsprop keeps its caches in a default argument, one per shape."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8} | (config or {})
    cache = caches.get(w.shape, 0.0)
    cache = config["decay_rate"] * cache + (1 - config["decay_rate"]) * dw**2
    caches[w.shape] = config["cache"] = cache
    return w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"]), config


@mutant("M05-17g", loses=["o1_example_adam", "o1_state"])
def adam(w, dw, config=None):
    """adam counts from 1, and increments t after its use: the path is right, and t is one too large."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1} | (config or {})
    t = config["t"]
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** t)
    v_hat = config["v"] / (1 - config["beta2"] ** t)
    config["t"] = t + 1
    return w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"]), config


@mutant("M05-17h", loses=["o1_state"], file="optim.py")
class one_config_for_all_calls_without:
    """adam goes on with one dict in all calls that have no config."""

    _adam = adam

    def adam(w, dw, config={}):
        next_w, new = _adam(w, dw, config)
        if config is not None:
            config.update(new)
        return next_w, new


@mutant(
    "M05-22",
    loses=[
        "o1_example_sgd", "o1_example_momentum", "o1_example_rmsprop", "o1_example_adam", "o1_sgd", "o1_safe",
        "o1_momentum", "o1_rmsprop", "o1_adam", "o1_state_momentum", "o1_state_rmsprop", "o1_state",
        "o1_momentum_zero", "o1_properties", "o1_epsilon_rmsprop", "o1_epsilon", "o2_adamw",
    ],
    file="optim.py",
    nothing_right=True,
    cascades={
        "o2_adamw": "adamw steps with adam: a right decay on top of a wrong one earns half, as the handout promises",
    },
)
class rules_that_do_nothing:
    """No rule changes anything: consistent with itself everywhere, and worth nothing."""

    def sgd(w, dw, config=None):
        return w, config or {}

    def sgd_momentum(w, dw, config=None):
        return w, {"velocity": np.zeros_like(w)} | (config or {})

    def rmsprop(w, dw, config=None):
        return w, {"cache": np.zeros_like(w)} | (config or {})

    def adam(w, dw, config=None):
        return w, {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0, "learning_rate": 1e-3} | (config or {})


@mutant("M05-16c", loses=["o1_momentum"], file="optim.py")
class another_default_of_momentum:
    """sgd_momentum has another momentum where the config names none: a quarter."""

    _momentum = sgd_momentum

    def sgd_momentum(w, dw, config=None):
        return _momentum(w, dw, {"momentum": 0.99} | (config or {}))


@mutant("M05-16d", loses=["o1_rmsprop"], file="optim.py")
class another_default_of_decay_rate:
    """rmsprop has another decay rate where the config names none: a quarter."""

    _rmsprop = rmsprop

    def rmsprop(w, dw, config=None):
        return _rmsprop(w, dw, {"decay_rate": 0.9} | (config or {}))


@mutant("M05-16e", loses=["o1_adam"], file="optim.py")
class another_default_of_adam:
    """adam has another learning rate where the config names none: a quarter."""

    _adam = adam

    def adam(w, dw, config=None):
        return _adam(w, dw, {"learning_rate": 1e-2} | (config or {}))


@mutant("M05-16f", loses=["o1_adam"], file="optim.py")
class adam_needs_a_config:
    """adam cannot do without a config: a quarter."""

    _adam = adam

    def adam(w, dw, config=None):
        return _adam(w, dw, {"t": 0, **config})
