"""M02-11e The union is the sum of the areas.

file: vision.py
loses: v6_example_iou, v6_iou, v6_properties
"""


def box_iou(a, b):
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(np.maximum(bottom_right - top_left, 0), 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :]
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)
