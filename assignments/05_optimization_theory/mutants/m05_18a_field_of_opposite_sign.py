"""M05-18: hnn_field runs backwards in time: the energy stays, the motion is wrong.

file: theory.py
loses: o8_field
"""


_field = hnn_field


def hnn_field(H_grad, z):
    return -_field(H_grad, z)
