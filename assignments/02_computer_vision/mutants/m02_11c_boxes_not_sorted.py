"""M02-11c Boxes are taken in the order in which they come.

file: vision.py
loses: v6_example_nms, v6_nms
"""


def nms(boxes, scores, iou_threshold):
    keep = []
    left = np.arange(len(scores))
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(keep, dtype=int)
