"""Accepted: the weight may decay before adam's step, as in PyTorch.

file: optim.py
loses:
"""


def adamw(w, dw, config=None):
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    return adam(w * (1 - config["learning_rate"] * config["weight_decay"]), dw, config)
