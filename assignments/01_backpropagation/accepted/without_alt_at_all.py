"""Accepted: batchnorm_backward_alt may be deleted.

file: layers.py
loses:
"""


del batchnorm_backward_alt
