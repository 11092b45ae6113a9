"""M00-7b The operands of number / Value are swapped.

file: intro.py
loses: i3_values, i3_example_values
"""


def __rtruediv__(self, other):
    return self / other


Value.__rtruediv__ = __rtruediv__
