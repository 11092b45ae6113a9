"""M00-18c Mean and standard deviation are in percent.

file: intro.py
loses: i8_values, i8_properties, i8_example
"""

_first_learning_curve = learning_curve


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    curve = _first_learning_curve(fit_predict, X, y, sizes, n_repeats, seed)
    return {key: 100 * values for key, values in curve.items()}
