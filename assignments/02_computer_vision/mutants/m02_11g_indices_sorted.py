"""M02-11g The indices come back in the order of the boxes.

file: vision.py
loses: v6_example_nms, v6_nms
"""


def nms(boxes, scores, iou_threshold):
    keep = []
    left = np.argsort(-scores)
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(sorted(keep), dtype=int)
