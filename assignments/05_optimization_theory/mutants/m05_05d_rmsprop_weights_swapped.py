"""M05-5: rmsprop gives the old cache the weight 1 - decay_rate.

file: optim.py
loses: o1_example_rmsprop, o1_rmsprop, o1_state, o1_epsilon
"""


def rmsprop(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    config["cache"] = (1 - config["decay_rate"]) * config["cache"] + config["decay_rate"] * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config
