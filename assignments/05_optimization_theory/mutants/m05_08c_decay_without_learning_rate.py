"""M05-8: adamw decays by weight_decay alone.

file: optim.py
loses: o2_example_adamw, o2_adamw, o2_decoupled
"""


def adamw(w, dw, config=None):
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    next_w, config = adam(w, dw, config)
    return next_w - config["weight_decay"] * w, config
