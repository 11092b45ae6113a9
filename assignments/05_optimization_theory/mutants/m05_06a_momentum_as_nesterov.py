"""M05-6: sgd_momentum steps with momentum times the new velocity, as Nesterov's method does.

file: optim.py
loses: o1_example_momentum, o1_momentum, o1_state
"""


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    config["velocity"] = v
    return w + config["momentum"] * v - config["learning_rate"] * dw, config
