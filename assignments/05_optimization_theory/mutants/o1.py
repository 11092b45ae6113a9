"""Mistakes: First-order rules."""

from autograder.rubric import mutant


@mutant(
    "M05-1a",
    loses=[
        "o1_example_adam", "o1_adam", "o1_state", "o1_properties", "o1_epsilon", "o2_example_adamw",
        "o2_adamw",
    ],
    cascades={
        "o2_example_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
    loses=[
        "o1_example_adam", "o1_adam", "o1_state", "o1_properties", "o1_epsilon", "o2_example_adamw",
        "o2_adamw",
    ],
    cascades={
        "o2_example_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
    loses=[
        "o1_example_adam", "o1_adam", "o1_state", "o1_properties", "o1_epsilon", "o2_example_adamw",
        "o2_adamw",
    ],
    cascades={
        "o2_example_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
    loses=["o1_example_adam", "o1_adam", "o1_state", "o1_epsilon", "o2_adamw"],
    file="optim.py",
    cascades={
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
    loses=[
        "o1_example_adam", "o1_adam", "o1_state", "o1_properties", "o1_epsilon", "o2_example_adamw",
        "o2_adamw", "o2_decoupled",
    ],
    file="optim.py",
    cascades={
        "o2_example_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_decoupled": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
    loses=[
        "o1_example_adam", "o1_adam", "o1_state", "o1_properties", "o1_epsilon", "o2_example_adamw",
        "o2_adamw", "o2_decoupled",
    ],
    cascades={
        "o2_example_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_decoupled": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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


@mutant("M05-5a", loses=["o1_rmsprop", "o1_state", "o1_epsilon"])
def rmsprop(w, dw, config=None):
    """rmsprop divides by the cache instead of its root."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / (config["cache"] + config["epsilon"]), config


@mutant("M05-5b", loses=["o1_epsilon"])
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


@mutant("M05-5d", loses=["o1_example_rmsprop", "o1_rmsprop", "o1_state", "o1_epsilon"])
def rmsprop(w, dw, config=None):
    """rmsprop gives the old cache the weight 1 - decay_rate."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = (1 - config["decay_rate"]) * config["cache"] + config["decay_rate"] * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config


@mutant("M05-6a", loses=["o1_example_momentum", "o1_momentum", "o1_state"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum steps with momentum times the new velocity, as Nesterov's method does."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    config["velocity"] = v
    return w + config["momentum"] * v - config["learning_rate"] * dw, config


@mutant("M05-6b", loses=["o1_example_momentum", "o1_momentum", "o1_state"])
def sgd_momentum(w, dw, config=None):
    """sgd_momentum forgets its velocity."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, config


@mutant("M05-6c", loses=["o1_example_momentum", "o1_momentum", "o1_state", "o1_properties"])
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


@mutant("M05-17a", loses=["o1_momentum", "o1_state"], file="optim.py")
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
    loses=["o1_adam", "o1_state", "o1_properties", "o2_adamw", "o2_decoupled", "o1_epsilon"],
    file="optim.py",
    cascades={
        "o2_adamw": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
        "o2_decoupled": "adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam",
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
