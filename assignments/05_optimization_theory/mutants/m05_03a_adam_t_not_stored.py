"""M05-3: adam increments t, but does not store it: every step is corrected as the first.

file: optim.py
loses: o1_example_adam, o1_adam, o1_state, o1_epsilon, o2_adamw
cascade: o2_adamw: adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam
"""


_adam = adam


def adam(w, dw, config=None):
    t = (config or {}).get("t", 0)
    next_w, config = _adam(w, dw, config)
    config["t"] = t
    return next_w, config
