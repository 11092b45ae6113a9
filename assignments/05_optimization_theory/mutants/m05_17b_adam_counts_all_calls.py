"""M05-17: adam counts its calls for all parameters together.

file: optim.py
loses: o1_adam, o1_state, o1_properties, o2_adamw, o2_decoupled, o1_epsilon
cascade: o2_adamw, o2_decoupled: adamw steps with adam, whose state a stub cannot hand out as values; o2_adamw gives half for a right decay of a wrong adam
"""


_calls = 0
_adam = adam


def adam(w, dw, config=None):
    global _calls
    next_w, config = _adam(w, dw, (config or {}) | {"t": _calls})
    _calls = config["t"]
    return next_w, config
