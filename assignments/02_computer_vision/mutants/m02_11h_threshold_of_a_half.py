"""M02-11h The threshold is 0.5, whatever was asked for.

file: vision.py
loses: v6_nms
"""


def nms(boxes, scores, iou_threshold):
    keep = []
    left = np.argsort(-scores)
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= 0.5]
    return np.array(keep, dtype=int)
