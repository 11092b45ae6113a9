"""Other right answers: Detection: overlap and non-maximum suppression."""

from autograder.rubric import accepted


@accepted("the_recipe_of_v6", file="vision.py")
class recipe:
    """The formula of the union, and the recipe: take the best, drop what overlaps it by more, go on with what is left."""

    def box_iou(a, b):
        result = []
        for x1, y1, x2, y2 in a:
            row = []
            for u1, v1, u2, v2 in b:
                intersection = max(0.0, min(x2, u2) - max(x1, u1)) * max(0.0, min(y2, v2) - max(y1, v1))
                union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - intersection
                row.append(intersection / union if union > 0 else 0)
            result.append(row)
        return result

    def nms(boxes, scores, iou_threshold):
        left, kept = set(range(len(scores))), []
        while left:
            best = max(left, key=lambda k: scores[k])
            kept.append(best)
            left.remove(best)
            left = {k for k in left if not box_iou(boxes[best : best + 1], boxes[k : k + 1])[0][0] > iou_threshold}
        return tuple(kept)


@accepted("all_overlaps_at_once")
def nms(boxes, scores, iou_threshold):
    """One matrix of overlaps, a mask of what is dropped; indices come back as whole floats in a column."""
    order, overlaps = np.argsort(scores)[::-1], box_iou(boxes, boxes)
    is_dropped, kept = np.zeros(len(boxes), dtype=bool), []
    for k in order:
        if not is_dropped[k]:
            kept.append(float(k))
            is_dropped |= overlaps[k] > iou_threshold
    return np.array(kept).reshape(-1, 1)


@accepted("overlaps_of_lists_and_of_one_box")
def nms(boxes, scores, iou_threshold):
    """The provided box_iou is asked about lists, and about one box without a first axis."""
    order, kept = [int(k) for k in np.argsort(-scores, kind="stable")], []
    while order:
        best = order.pop(0)
        kept.append(best)
        others = [[float(value) for value in boxes[k]] for k in order]
        overlap = np.asarray(box_iou(boxes[best], others)).ravel()
        order = [k for k, iou in zip(order, overlap) if iou <= iou_threshold]
    return kept


@accepted("suppressed_scores")
def nms(boxes, scores, iou_threshold):
    """What is dropped gets the score of minus infinity in a copy."""
    scores, kept = np.array(scores, dtype=float), []
    while scores.size and scores.max() > -np.inf:
        best = int(scores.argmax())
        kept.append(np.int64(best))
        scores[box_iou(boxes[best : best + 1], boxes)[0] > iou_threshold] = -np.inf
        scores[best] = -np.inf
    return kept


@accepted("overlaps_without_a_division_by_nothing")
def box_iou(a, b):
    """Areas of ends, errors of 0 / 0 silenced and put right; in float32."""
    a, b = np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)
    x1, y1, x2, y2 = (ufunc.outer(a[:, k], b[:, k]) for k, ufunc in enumerate([np.maximum] * 2 + [np.minimum] * 2))
    inter = np.where((x2 > x1) & (y2 > y1), (x2 - x1) * (y2 - y1), 0)
    areas = [(one[:, 2] - one[:, 0]) * (one[:, 3] - one[:, 1]) for one in (a, b)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(inter / (np.add.outer(*areas) - inter))
