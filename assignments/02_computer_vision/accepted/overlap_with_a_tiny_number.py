"""Accepted: a union of zero is made a tiny number.

file: vision.py
loses:
"""


def box_iou(a, b):
    low, high = np.maximum(a[:, np.newaxis, :2], b[np.newaxis, :, :2]), np.minimum(a[:, np.newaxis, 2:], b[np.newaxis, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    union = np.prod(a[:, 2:] - a[:, :2], axis=1)[:, None] + np.prod(b[:, 2:] - b[:, :2], axis=1) - inter
    return inter / np.maximum(union, 1e-16)
