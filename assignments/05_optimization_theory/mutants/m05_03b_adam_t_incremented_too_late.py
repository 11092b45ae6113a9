"""M05-3: adam uses t before it is incremented: the first step divides by 0.

file: optim.py
loses: o1_example_adam, o1_adam, o1_state, o1_properties, o1_epsilon, o2_example_adamw, o2_adamw, o2_decoupled
cascade: o2_example_adamw, o2_adamw, o2_decoupled: adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam
"""


_adam = adam


def adam(w, dw, config=None):
    config = dict(config or {})
    config["t"] = config.get("t", 0) - 1
    next_w, config = _adam(w, dw, config)
    config["t"] += 1
    return next_w, config
