"""Accepted: results in float32 where float64 was fed are accepted, at the precision of float32.

file: optim.py
loses:
"""


def _single(rule):
    def inner(w, feed, config=None):
        next_w, config = rule(w, feed, config)
        return next_w.astype(np.float32), config
    return inner


sgd, sgd_momentum, rmsprop, adam, nesterov, adamw = map(_single, (sgd, sgd_momentum, rmsprop, adam, nesterov, adamw))
