"""M05-6: sgd_momentum adds the gradient to the velocity.

file: optim.py
loses: o1_example_momentum, o1_momentum, o1_state, o1_properties
"""


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    config["velocity"] = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w + config["velocity"], config
