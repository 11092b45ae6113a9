"""M05-8: adamw adds the decay to the gradient.

file: optim.py
loses: o2_example_adamw, o2_adamw, o2_decoupled
"""


def adamw(w, dw, config=None):
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    return adam(w, dw + config["weight_decay"] * w, config)
