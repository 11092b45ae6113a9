"""M05-16: sgd adds the gradient.

file: optim.py
loses: o1_example_sgd, o1_sgd
"""


def sgd(w, dw, config=None):
    config = {"learning_rate": 1e-2} | (config or {})
    return w + config["learning_rate"] * dw, config
