"""Mistakes: Detection: overlap and non-maximum suppression."""

from autograder.rubric import mutant


@mutant("M02-11a", loses=["v6_example_iou", "v6_iou", "v6_properties"])
def box_iou(a, b):
    """Boxes are x2 - x1 + 1 wide."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(np.maximum(bottom_right - top_left + 1, 0), 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0] + 1) * (a[:, 3] - a[:, 1] + 1)
    area_b = (b[:, 2] - b[:, 0] + 1) * (b[:, 3] - b[:, 1] + 1)
    union = area_a[:, None] + area_b[None, :] - intersection
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)


@mutant("M02-11b", loses=["v6_iou"])
def box_iou(a, b):
    """Two boxes without area give 0 / 0."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(np.maximum(bottom_right - top_left, 0), 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] - intersection
    return intersection / union


@mutant("M02-11c", loses=["v6_example_nms", "v6_nms"])
def nms(boxes, scores, iou_threshold):
    """Boxes are taken in the order in which they come."""
    keep = []
    left = np.arange(len(scores))
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(keep, dtype=int)


@mutant("M02-11d", loses=["v6_iou"])
def box_iou(a, b):
    """Width and height of the intersection may be negative."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(bottom_right - top_left, 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] - intersection
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)


@mutant("M02-11e", loses=["v6_example_iou", "v6_iou", "v6_properties"])
def box_iou(a, b):
    """The union is the sum of the areas."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(np.maximum(bottom_right - top_left, 0), 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :]
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)


@mutant("M02-11f", loses=["v6_nms"])
def nms(boxes, scores, iou_threshold):
    """A box that was dropped goes on dropping others."""
    order = np.argsort(-scores)
    overlaps = box_iou(boxes[order], boxes[order])
    keep = [order[k] for k in range(order.size) if (overlaps[k, :k] <= iou_threshold).all()]
    return np.array(keep, dtype=int)


@mutant("M02-11g", loses=["v6_example_nms", "v6_nms"])
def nms(boxes, scores, iou_threshold):
    """The indices come back in the order of the boxes."""
    keep = []
    left = np.argsort(-scores)
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(sorted(keep), dtype=int)


@mutant("M02-11h", loses=["v6_nms"])
def nms(boxes, scores, iou_threshold):
    """The threshold is 0.5, whatever was asked for."""
    keep = []
    left = np.argsort(-scores)
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= 0.5]
    return np.array(keep, dtype=int)


@mutant("M02-11i", loses=["v6_properties"])
def box_iou(a, b):
    """1e-6 is added to every union."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    width, height = np.moveaxis(np.maximum(bottom_right - top_left, 0), 2, 0)
    intersection = width * height
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] - intersection
    return intersection / (union + 1e-6)


@mutant("M02-18e", loses=["v6_example_iou", "v6_iou", "v6_properties"])
def box_iou(a, b):
    """An unfinished function returns zeros of the right shape: box_iou."""
    return np.zeros((len(a), len(b)))


@mutant("M02-21b", loses=["v6_nms"], file="vision.py")
class suppression_of_a_library:
    """TensorFlow suppresses."""

    import tensorflow as tf

    def nms(boxes, scores, iou_threshold):
        boxes, scores = boxes.astype(np.float32), scores.astype(np.float32)
        return tf.image.non_max_suppression(boxes, scores, max(len(scores), 1), iou_threshold=iou_threshold).numpy()


@mutant("M02-28a", loses=["v6_nms"])
def nms(boxes, scores, iou_threshold):
    """Of no boxes at all, the highest score is looked for."""
    left, keep = list(range(len(scores))), []
    while True:
        best = left[int(np.argmax(scores[left]))]
        keep.append(best)
        left = [k for k in left if k != best and box_iou(boxes[[k]], boxes[[best]])[0, 0] <= iou_threshold]
        if not left:
            return np.array(keep)


@mutant("M02-28b", loses=["v6_nms"])
def nms(boxes, scores, iou_threshold):
    """A box whose IoU is the threshold itself is dropped."""
    keep = []
    left = np.argsort(-scores)
    while left.size:
        best, left = left[0], left[1:]
        keep.append(best)
        left = left[box_iou(boxes[[best]], boxes[left])[0] < iou_threshold]
    return np.array(keep, dtype=int)


@mutant("M02-28c", loses=["v6_example_nms", "v6_nms"])
def nms(boxes, scores, iou_threshold):
    """All boxes are kept, best first: that the threshold drops nothing earns no share."""
    return np.argsort(-scores)


@mutant("M02-28d", loses=["v6_iou"])
def box_iou(a, b):
    """Two boxes without area are the same if they lie in the same place."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    union = np.prod(a[:, 2:] - a[:, :2], axis=1)[:, None] + np.prod(b[:, 2:] - b[:, :2], axis=1) - inter
    return np.where(union > 0, inter / np.where(union > 0, union, 1), (a[:, None] == b[None]).all(axis=2))
