"""Mistakes: Nesterov and AdamW."""

from autograder.rubric import mutant


@mutant("M05-8a", loses=["o2_example_nesterov", "o2_nesterov"])
def nesterov(w, grad_fn, config=None):
    """nesterov asks for the gradient at w: it is the heavy ball."""
    return sgd_momentum(w, grad_fn(w), config)


@mutant("M05-8b", loses=["o2_example_adamw", "o2_adamw", "o2_decoupled"])
def adamw(w, dw, config=None):
    """adamw adds the decay to the gradient: right steps of adam earn a third."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    return adam(w, dw + config["weight_decay"] * w, config)


@mutant("M05-8c", loses=["o2_example_adamw", "o2_adamw", "o2_decoupled"])
def adamw(w, dw, config=None):
    """adamw decays by weight_decay alone."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    next_w, config = adam(w, dw, config)
    return next_w - config["weight_decay"] * w, config


@mutant("M05-8d", loses=["o2_example_adamw", "o2_adamw"])
def adamw(w, dw, config=None):
    """adamw decays the weight that adam has already moved."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    next_w, config = adam(w, dw, config)
    return next_w * (1 - config["learning_rate"] * config["weight_decay"]), config


@mutant("M05-8e", loses=["o2_example_nesterov", "o2_nesterov"])
def nesterov(w, grad_fn, config=None):
    """nesterov looks ahead by the whole velocity instead of momentum times it."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    g = grad_fn(w + config["velocity"])
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * g
    return w + config["velocity"], config


@mutant("M05-8f", loses=["o2_nesterov"], file="optim.py")
class nesterov_asks_twice:
    """nesterov asks for the gradient at w as well, and does not use it: a right path earns two thirds."""

    _nesterov = nesterov

    def nesterov(w, grad_fn, config=None):
        grad_fn(w)
        return _nesterov(w, grad_fn, config)


@mutant("M05-8g", loses=["o2_adamw"])
def adamw(w, dw, config=None):
    """adamw decays rightly beside a step of its own that lacks the correction of v: it earns half."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    step = m_hat / (np.sqrt(config["v"]) + config["epsilon"])
    return w - config["learning_rate"] * (step + config["weight_decay"] * w), config


@mutant("M05-8h", loses=["o2_example_adamw", "o2_adamw", "o2_decoupled"])
def adamw(w, dw, config=None):
    """adamw decays, and forgets the gradient."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    return w * (1 - config["learning_rate"] * config["weight_decay"]), config


@mutant("M05-16g", loses=["o2_nesterov"], file="optim.py")
class another_default_of_nesterov:
    """nesterov has another momentum where the config names none: a quarter."""

    _nesterov = nesterov

    def nesterov(w, grad_fn, config=None):
        return _nesterov(w, grad_fn, {"momentum": 0.5} | (config or {}))


@mutant("M05-16h", loses=["o2_adamw"], file="optim.py")
class another_default_of_decay:
    """adamw has another decay where the config names none: a quarter."""

    _adamw = adamw

    def adamw(w, dw, config=None):
        return _adamw(w, dw, {"weight_decay": 0.1} | (config or {}))
