"""M05-8: nesterov asks for the gradient at w: it is the heavy ball.

file: optim.py
loses: o2_example_nesterov, o2_nesterov
"""


def nesterov(w, grad_fn, config=None):
    return sgd_momentum(w, grad_fn(w), config)
