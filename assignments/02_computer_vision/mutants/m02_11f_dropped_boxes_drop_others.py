"""M02-11f A box that was dropped goes on dropping others.

file: vision.py
loses: v6_nms
"""


def nms(boxes, scores, iou_threshold):
    keep = []
    left = np.argsort(-scores)
    overlaps = box_iou(boxes[left], boxes[left])
    for k in range(left.size):
        if (overlaps[k, :k] <= iou_threshold).all():
            keep.append(left[k])
    left = left[:0]
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(keep, dtype=int)
