"""M05-1: adam computes both corrected moments, and steps with m.

file: optim.py
loses: o1_example_adam, o1_adam, o1_state, o1_properties, o1_epsilon, o2_example_adamw, o2_adamw
cascade: o2_example_adamw, o2_adamw: adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam
"""


def adam(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} | (config or {})
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_hat = config["m"] / (1 - config["beta1"] ** config["t"])
    v_hat = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * config["m"] / (np.sqrt(v_hat) + config["epsilon"]), config
