"""Other right answers: First-order rules."""

from autograder.rubric import accepted


@accepted("adam_with_folded_step_size")
def adam(w, dw, config=None):
    """Both corrections of adam may stand in the step size, as at the end of section 2 of its paper."""
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw * dw
    step = (
        config["learning_rate"]
        * np.sqrt(1 - config["beta2"] ** config["t"])
        / (1 - config["beta1"] ** config["t"])
    )
    return w - step * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@accepted("rules_of_cs231n", file="optim.py")
class rules_of_cs231n:
    """Work for CS231n: "can be handed in here, with its imports of that course's helpers"."""

    from cs231n.gradient_check import eval_numerical_gradient
    from cs231n.data_utils import get_CIFAR10_data
    from cs231n.solver import Solver

    def sgd(w, dw, config=None):
        if config is None:
            config = {}
        config.setdefault("learning_rate", 1e-2)

        w -= config["learning_rate"] * dw
        return w, config

    def sgd_momentum(w, dw, config=None):
        if config is None:
            config = {}
        config.setdefault("learning_rate", 1e-2)
        config.setdefault("momentum", 0.9)
        v = config.get("velocity", np.zeros_like(w))

        next_w = None
        v = config["momentum"] * v - config["learning_rate"] * dw
        next_w = w + v
        config["velocity"] = v

        return next_w, config

    def rmsprop(w, dw, config=None):
        if config is None:
            config = {}
        config.setdefault("learning_rate", 1e-2)
        config.setdefault("decay_rate", 0.99)
        config.setdefault("epsilon", 1e-8)
        config.setdefault("cache", np.zeros_like(w))

        next_w = None
        cache, decay_rate = config["cache"], config["decay_rate"]
        cache = decay_rate * cache + (1 - decay_rate) * (dw**2)
        next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
        config["cache"] = cache

        return next_w, config

    def adam(w, dw, config=None):
        if config is None:
            config = {}
        config.setdefault("learning_rate", 1e-3)
        config.setdefault("beta1", 0.9)
        config.setdefault("beta2", 0.999)
        config.setdefault("epsilon", 1e-8)
        config.setdefault("m", np.zeros_like(w))
        config.setdefault("v", np.zeros_like(w))
        config.setdefault("t", 0)

        next_w = None
        learning_rate, beta1, beta2, eps, m, v, t = [
            config[k] for k in ("learning_rate", "beta1", "beta2", "epsilon", "m", "v", "t")
        ]
        t += 1
        m = beta1 * m + (1 - beta1) * dw
        mt = m / (1 - beta1**t)
        v = beta2 * v + (1 - beta2) * (dw * dw)
        vt = v / (1 - beta2**t)
        next_w = w - learning_rate * mt / (np.sqrt(vt) + eps)
        config["m"], config["v"], config["t"] = m, v, t

        return next_w, config


@accepted("rules_by_formula", file="optim.py")
class rules_by_formula:
    """The four rows of the handout's table, done literally: v first, then w."""

    def sgd(w, dw, config=None):
        eta = (config or {}).get("learning_rate", 1e-2)
        w = w - eta * dw
        return w, {"learning_rate": eta}

    def sgd_momentum(w, dw, config=None):
        config = dict(config or {})
        eta, mu = config.setdefault("learning_rate", 1e-2), config.setdefault("momentum", 0.9)
        v = config.get("velocity")
        if v is None:
            v = 0.0
        v = mu * v - eta * dw
        w = w + v
        config["velocity"] = v
        return w, config

    def rmsprop(w, dw, config=None):
        config = dict(config or {})
        eta, rho = config.setdefault("learning_rate", 1e-2), config.setdefault("decay_rate", 0.99)
        eps, c = config.setdefault("epsilon", 1e-8), config.get("cache", 0.0)
        c = rho * c + (1 - rho) * dw**2
        w = w - eta * (dw / (np.sqrt(c) + eps))
        config["cache"] = c
        return w, config

    def adam(w, dw, config=None):
        config = dict(config or {})
        eta, eps = config.setdefault("learning_rate", 1e-3), config.setdefault("epsilon", 1e-8)
        b1, b2 = config.setdefault("beta1", 0.9), config.setdefault("beta2", 0.999)
        t = config.get("t", 0) + 1
        m = b1 * config.get("m", 0.0) + (1 - b1) * dw
        v = b2 * config.get("v", 0.0) + (1 - b2) * dw**2
        w = w - eta * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        config.update(m=m, v=v, t=t)
        return w, config


@accepted("number_by_number", file="optim.py")
class number_by_number:
    """Loops are fine, and so are prints, helper functions and lists for arrays: "Loops are fine, print what you like"."""

    def _each(w, *arrays):
        flat = [np.asarray(one, float).ravel().tolist() for one in (w, *arrays)]
        return list(zip(*flat))

    def _shaped(values, like):
        return np.reshape(values, np.shape(like)).tolist()

    def sgd(w, dw, config=None):
        rate = (config or {}).get("learning_rate", 0.01)
        print("sgd", rate)
        return [_shaped([a - rate * b for a, b in _each(w, dw)], w), config or {}]

    def rmsprop(w, dw, config=None):
        config = {
            "learning_rate": 1e-2,
            "decay_rate": 0.99,
            "epsilon": 1e-8,
            "cache": np.zeros_like(w),
        } | (config or {})
        rho, new_w, new_c = config["decay_rate"], [], []
        for a, g, c in _each(w, dw, config["cache"]):
            c = rho * c + (1 - rho) * g * g
            new_c.append(c)
            new_w.append(a - config["learning_rate"] * g / (math.sqrt(c) + config["epsilon"]))
        config["cache"] = _shaped(new_c, w)
        return _shaped(new_w, w), config

    def sgd_momentum(w, dw, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (
            config or {}
        )
        new_w, new_v = [], []
        for a, g, v in _each(w, dw, config["velocity"]):
            new_v.append(config["momentum"] * v - config["learning_rate"] * g)
            new_w.append(a + new_v[-1])
        return _shaped(new_w, w), {**config, "velocity": _shaped(new_v, w)}

    def adam(w, dw, config=None):
        config = {
            "learning_rate": 1e-3,
            "beta1": 0.9,
            "beta2": 0.999,
            "epsilon": 1e-8,
            "m": np.zeros_like(w),
            "v": np.zeros_like(w),
            "t": 0,
        } | (config or {})
        b1, b2, t = config["beta1"], config["beta2"], config["t"] + 1
        new_w, new_m, new_v = [], [], []
        for a, g, m, v in _each(w, dw, config["m"], config["v"]):
            new_m.append(b1 * m + (1 - b1) * g)
            new_v.append(b2 * v + (1 - b2) * g**2)
            root = math.sqrt(new_v[-1] / (1 - b2**t))
            new_w.append(
                a - config["learning_rate"] * new_m[-1] / (1 - b1**t) / (root + config["epsilon"])
            )
        config |= {"m": _shaped(new_m, w), "v": _shaped(new_v, w), "t": float(t)}
        return _shaped(new_w, w), config


@accepted("running_means_as_corrections", file="optim.py")
class running_means_as_corrections:
    """Means may be moved towards the new value, and further entries may stand in the config."""

    def rmsprop(w, dw, config=None):
        config = {
            "learning_rate": 1e-2,
            "decay_rate": 0.99,
            "epsilon": 1e-8,
            "cache": np.zeros(w.shape),
        } | (config or {})
        config["cache"] = config["cache"] + (1 - config["decay_rate"]) * (
            np.square(dw) - config["cache"]
        )
        config["last_step"] = (
            config["learning_rate"] * dw / (np.power(config["cache"], 0.5) + config["epsilon"])
        )
        return np.subtract(w, config["last_step"]), config

    def adam(w, dw, config=None):
        config = {} if config is None else dict(config)
        for name, usual in {
            "learning_rate": 1e-3,
            "beta1": 0.9,
            "beta2": 0.999,
            "epsilon": 1e-8,
            "t": 0,
        }.items():
            config.setdefault(name, usual)
        for name in ("m", "v"):
            config.setdefault(name, np.zeros(np.shape(w)))
        config["t"] = np.int64(config["t"] + 1)
        config["m"] = config["m"] - (1 - config["beta1"]) * (config["m"] - dw)
        config["v"] = config["v"] - (1 - config["beta2"]) * (config["v"] - dw * dw)
        config["m_hat"], config["v_hat"] = (
            config[name] / (1 - np.power(config[beta], config["t"]))
            for name, beta in (("m", "beta1"), ("v", "beta2"))
        )
        return w + -config["learning_rate"] * config["m_hat"] / (
            config["epsilon"] + np.sqrt(config["v_hat"])
        ), config


@accepted("rules_work_in_float32", file="optim.py")
class rules_work_in_float32:
    """Work in float32 is precise enough, also where the state is float32."""

    _sgd, _momentum, _rmsprop, _adam, _adamw = sgd, sgd_momentum, rmsprop, adam, adamw

    def _narrow(rule, w, dw, config):
        return rule(np.float32(w), np.float32(dw), config)

    def sgd(w, dw, config=None):
        return _narrow(_sgd, w, dw, config)

    def sgd_momentum(w, dw, config=None):
        return _narrow(_momentum, w, dw, config)

    def rmsprop(w, dw, config=None):
        return _narrow(_rmsprop, w, dw, config)

    def adam(w, dw, config=None):
        return _narrow(_adam, w, dw, config)

    def adamw(w, dw, config=None):
        return _narrow(_adamw, w, dw, config)


@accepted("adam_that_begins_anew_without_m", file="optim.py")
class adam_that_begins_anew_without_m:
    """All state may be made together where there is none."""

    def sgd(w, dw, config=None):
        if config is None:
            return w - 1e-2 * dw, {}
        return w - config.get("learning_rate", 1e-2) * dw, config

    def adam(w, dw, config=None):
        config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8} | (config or {})
        if "m" not in config:
            config["m"], config["v"], config["t"] = np.zeros_like(dw), np.zeros_like(dw), 0
        config["t"] += 1
        config["m"] *= config["beta1"]
        config["m"] += (1 - config["beta1"]) * dw
        config["v"] *= config["beta2"]
        config["v"] += (1 - config["beta2"]) * dw * dw
        step_size = config["learning_rate"] / (1 - config["beta1"] ** config["t"])
        denominator = np.sqrt(config["v"]) / np.sqrt(1 - config["beta2"] ** config["t"]) + config["epsilon"]
        return w - step_size * config["m"] / denominator, config
