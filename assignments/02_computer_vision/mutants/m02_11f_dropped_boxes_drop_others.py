"""M02-11f A box that was dropped goes on dropping others.

file: vision.py
loses: v6_nms
"""


def nms(boxes, scores, iou_threshold):
    order = np.argsort(-scores)
    overlaps = box_iou(boxes[order], boxes[order])
    keep = [order[k] for k in range(order.size) if (overlaps[k, :k] <= iou_threshold).all()]
    return np.array(keep, dtype=int)
