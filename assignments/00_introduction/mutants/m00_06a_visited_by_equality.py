"""M00-6a Visited nodes are found by ==, which compares numbers: an equal-valued node is skipped.

file: intro.py
loses: i3_gradients, i3_properties, i4_values, i4_properties, i4_example
cascade: i4_values, i4_properties, i4_example: graph_stats walks the student's own Values, which this mistake makes equal
"""


def __eq__(self, other):
    return isinstance(other, Value) and self.data == other.data


def __hash__(self):
    return hash(self.data)


Value.__eq__ = __eq__
Value.__hash__ = __hash__
