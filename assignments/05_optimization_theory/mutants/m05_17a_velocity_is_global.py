"""M05-17: sgd_momentum keeps the velocities in a global variable, one per shape.

file: optim.py
loses: o1_momentum, o1_state
"""


_velocities = {}


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9} | (config or {})
    v = config["momentum"] * _velocities.get(w.shape, 0.0) - config["learning_rate"] * dw
    _velocities[w.shape] = config["velocity"] = v
    return w + v, config
