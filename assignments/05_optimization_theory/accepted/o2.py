"""Other right answers: Nesterov and AdamW."""

from autograder.rubric import accepted


@accepted("decay_first")
def adamw(w, dw, config=None):
    """The weight may decay before adam's step, as in PyTorch."""
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    return adam(w * (1 - config["learning_rate"] * config["weight_decay"]), dw, config)


@accepted("adamw_with_a_step_of_its_own", file="optim.py")
class adamw_with_a_step_of_its_own:
    """The formula of the handout, done literally, needs no adam; the corrections may stand in the step size."""

    def adamw(w, dw, config=None):
        config = {
            "learning_rate": 1e-3,
            "weight_decay": 1e-2,
            "beta1": 0.9,
            "beta2": 0.999,
            "epsilon": 1e-8,
            "m": np.zeros_like(w),
            "v": np.zeros_like(w),
            "t": 0,
        } | (config or {})
        t = config["t"] = config["t"] + 1
        m = config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
        v = config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
        m_hat, v_hat = m / (1 - config["beta1"] ** t), v / (1 - config["beta2"] ** t)
        step = m_hat / (np.sqrt(v_hat) + config["epsilon"]) + config["weight_decay"] * w
        return w - config["learning_rate"] * step, config

    def nesterov(w, grad_fn, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9} | (config or {})
        eta, mu, v = config["learning_rate"], config["momentum"], config.get("velocity", 0.0)
        v = mu * v - eta * grad_fn(w + mu * v)
        w = w + v
        return w, {**config, "velocity": v}


@accepted("adamw_calls_adam_with_less", file="optim.py")
class adamw_calls_adam_with_less:
    """adam may be called by keywords, with a config that has no decay in it; w may be changed in place."""

    def adamw(w, dw, config=None):
        config = dict(config) if config else {}
        decay = config.pop("weight_decay", 0.01)
        rate = config.get("learning_rate", 0.001)
        shrunk = rate * decay * w
        w, config = adam(w=w, dw=dw, config=config)
        w -= shrunk
        config["weight_decay"] = decay
        return w, config

    def nesterov(w, grad_fn, config=None):
        config = config if config is not None else {}
        v = config.get("velocity", np.zeros(w.shape))
        ahead = w + config.get("momentum", 0.9) * v
        next_w = ahead - config.get("learning_rate", 0.01) * grad_fn(ahead)
        config["velocity"] = next_w - w
        return next_w, config


@accepted("adam_with_an_option_of_its_own", file="optim.py")
class adam_with_an_option_of_its_own:
    """The decay is done by adam, for which it has a further parameter."""

    _step = adam

    def adam(w, dw, config=None, decay=0.0):
        next_w, config = _step(w, dw, config)
        return next_w - config["learning_rate"] * decay * w, config

    def adamw(w, dw, config=None):
        config = {"weight_decay": 1e-2} | (config or {})
        return adam(w, dw, config, decay=config["weight_decay"])
