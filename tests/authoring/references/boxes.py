"""Detection."""

import numpy as np


def iou(box_a, box_b):
    """Intersection over union of two boxes.

    Parameters
    ----------
    box_a, box_b : array-like, shape (4,)
        (x1, y1, x2, y2) with x1 < x2 and y1 < y2.

    Returns
    -------
    float
    """
    # BEGIN SOLUTION
    w = min(box_a[2], box_b[2]) - max(box_a[0], box_b[0])
    h = min(box_a[3], box_b[3]) - max(box_a[1], box_b[1])
    inter = max(w, 0) * max(h, 0)
    area = lambda b: (b[2] - b[0]) * (b[3] - b[1])
    return inter / (area(box_a) + area(box_b) - inter)
    # END SOLUTION


def nms(boxes, scores, threshold):
    """Kept indices.

    boxes : array of shape (N, 4), corners x1, y1, x2, y2
    scores : array of shape (N,)
    threshold : float
    """
    # BEGIN SOLUTION
    order = np.argsort(-scores)
    keep = []
    for i in order:
        if all(iou(boxes[i], boxes[j]) <= threshold for j in keep):
            keep.append(int(i))
    return keep
    # END SOLUTION


def conv2d(image, kernel):
    """Valid cross-correlation.

    image : array of shape (H, W)
    kernel : array of shape (KH, KW)
    """
    # BEGIN SOLUTION
    kh, kw = kernel.shape
    h, w = image.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i:i+kh, j:j+kw] * kernel)
    return out
    # END SOLUTION


def normalise_image(image):
    """To [-1, 1].

    image : uint8 array of shape (H, W, 3), pixels from 0 to 255
    """
    # BEGIN SOLUTION
    return image / 127.5 - 1
    # END SOLUTION

