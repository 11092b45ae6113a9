"""M02-18e An unfinished function returns zeros of the right shape: box_iou.

file: vision.py
loses: v6_example_iou, v6_iou, v6_properties
"""


def box_iou(a, b):
    return np.zeros((len(a), len(b)))
