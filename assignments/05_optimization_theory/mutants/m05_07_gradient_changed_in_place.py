"""M05-7: sgd multiplies dw by the learning rate in place (w may be changed, dw may not).

file: optim.py
loses: o1_safe
"""


def sgd(w, dw, config=None):
    config = {"learning_rate": 1e-2} | (config or {})
    dw *= config["learning_rate"]
    return w - dw, config
