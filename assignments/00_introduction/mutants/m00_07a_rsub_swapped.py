"""M00-7a The operands of number - Value are swapped.

file: intro.py
loses: i3_values, i3_example_values
"""


def __rsub__(self, other):
    return self - other


Value.__rsub__ = __rsub__
