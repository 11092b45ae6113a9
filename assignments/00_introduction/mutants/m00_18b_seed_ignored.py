"""M00-18b The splits do not depend on the seed.

file: intro.py
loses: i8_properties
"""

_first_learning_curve = learning_curve


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    return _first_learning_curve(fit_predict, X, y, sizes, n_repeats, 0)
