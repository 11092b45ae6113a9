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
    step = config["learning_rate"] * np.sqrt(1 - config["beta2"] ** config["t"]) / (1 - config["beta1"] ** config["t"])
    return w - step * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config
