"""M05-8: adamw decays the weight that adam has already moved.

file: optim.py
loses: o2_example_adamw, o2_adamw
"""


def adamw(w, dw, config=None):
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    next_w, config = adam(w, dw, config)
    return next_w * (1 - config["learning_rate"] * config["weight_decay"]), config
