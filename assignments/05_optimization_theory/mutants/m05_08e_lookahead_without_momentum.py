"""M05-8: nesterov looks ahead by the whole velocity instead of momentum times it.

file: optim.py
loses: o2_example_nesterov, o2_nesterov
"""


def nesterov(w, grad_fn, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    g = grad_fn(w + config["velocity"])
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * g
    return w + config["velocity"], config
