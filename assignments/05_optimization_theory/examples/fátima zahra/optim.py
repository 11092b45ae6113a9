import math
import numpy as np
from numpy import sqrt, zeros_like


def with_defaults(config, **defaults):
    """config, completed"""
    full = dict(defaults)
    if config:
        full.update(config)
    return full


def moving_average(old, new, beta):
    return beta * old + (1 - beta) * new


def sgd(w, dw, config=None):
    config = with_defaults(config, learning_rate=1e-2)
    return w - config["learning_rate"] * dw, config


def sgd_momentum(w, dw, config=None):
    c = with_defaults(config, learning_rate=1e-2, momentum=0.9, velocity=zeros_like(w))
    c["velocity"] = c["momentum"] * c["velocity"] - c["learning_rate"] * dw
    return w + c["velocity"], c


def rmsprop(w, dw, config=None):
    c = with_defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=zeros_like(w))
    c["cache"] = moving_average(c["cache"], dw * dw, c["decay_rate"])
    return w - c["learning_rate"] * dw / (sqrt(c["cache"]) + c["epsilon"]), c


def adam_direction(w, dw, c):
    c["t"] = t = c["t"] + 1
    c["m"] = moving_average(c["m"], dw, c["beta1"])
    c["v"] = moving_average(c["v"], dw * dw, c["beta2"])
    m_hat = c["m"] / (1 - c["beta1"] ** t)
    v_hat = c["v"] / (1 - c["beta2"] ** t)
    return m_hat / (sqrt(v_hat) + c["epsilon"])


def adam_defaults(w, config):
    return with_defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8,
                         m=zeros_like(w), v=zeros_like(w), t=0)


def adam(w, dw, config=None):
    c = adam_defaults(w, config)
    return w - c["learning_rate"] * adam_direction(w, dw, c), c


def adamw(w, dw, config=None):
    c = with_defaults(adam_defaults(w, config), weight_decay=1e-2)
    return w - c["learning_rate"] * (adam_direction(w, dw, c) + c["weight_decay"] * w), c


def nesterov(w, grad_fn, config=None):
    c = with_defaults(config, learning_rate=1e-2, momentum=0.9, velocity=zeros_like(w))
    ahead = w + c["momentum"] * c["velocity"]
    c["velocity"] = (ahead - w) - c["learning_rate"] * grad_fn(ahead)
    return w + c["velocity"], c


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    if step < warmup:
        return base_lr * (step / warmup)
    x = min(1, (step - warmup) / (total - warmup))
    return min_lr + (base_lr - min_lr) * math.cos(x * math.pi / 2) ** 2      # same as (1 + cos)/2


def clip_grad_norm(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([g.ravel() for g in grads])))
    factor = 1.0 if norm <= max_norm else max_norm / norm
    return [factor * g for g in grads], norm
