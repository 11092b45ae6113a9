"""M05-16: sgd has another learning rate where the config names none.

file: optim.py
loses: o1_example_sgd, o1_sgd
"""


def sgd(w, dw, config=None):
    config = {"learning_rate": 1e-3} | (config or {})
    return w - config["learning_rate"] * dw, config
