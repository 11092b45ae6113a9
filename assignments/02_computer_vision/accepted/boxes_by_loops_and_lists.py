"""Accepted: overlap by loops, kept indices in a list, and printing.

file: vision.py
loses:
"""


def box_iou(a, b):
    print("comparing", len(a), "boxes with", len(b))
    result = np.zeros((len(a), len(b)))
    for i, (x1, y1, x2, y2) in enumerate(a):
        for j, (u1, v1, u2, v2) in enumerate(b):
            width, height = max(min(x2, u2) - max(x1, u1), 0), max(min(y2, v2) - max(y1, v1), 0)
            union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - width * height
            result[i, j] = width * height / union if union else 0
    return result


def nms(boxes, scores, iou_threshold):
    order = sorted(range(len(scores)), key=lambda k: scores[k])
    keep = []
    while order:
        best = order.pop()
        keep.append(best)
        order = [k for k in order if box_iou(boxes[k : k + 1], boxes[best : best + 1])[0, 0] <= iou_threshold]
    return keep
