"""M01-10: the backward pass lets the whole gradient through (found while building; not in the table).

file: layers.py
loses: b6_values
"""


def dropout_backward(dout, cache):
    return dout
