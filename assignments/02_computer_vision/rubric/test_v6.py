"""Detection: overlap and non-maximum suppression"""

import itertools

import numpy as np

from autograder.rubric import assert_array, assert_avoids, assert_between, assert_close, check, criterion, partial


def draw(rng, n, spread=8.0):
    """Draw n boxes, some of which overlap."""
    corner, size = rng.uniform(0, spread, size=(n, 2)), rng.uniform(0.5, 5, size=(n, 2))
    return np.concatenate([corner, corner + size], axis=1)


def draw_around(rng, n):
    """Draw n boxes that all hold the same point, so that none lies apart from another."""
    return np.concatenate([rng.uniform(-3, -0.5, size=(n, 2)), rng.uniform(0.5, 3, size=(n, 2))], axis=1)


def judge(parts, earned=0.0):
    """Run the parts of a criterion, each of a weight; give what the right ones and those before are worth."""
    failures = {}
    for name, (_, part) in parts.items():
        try:
            part()
        except Exception as failure:  # noqa: BLE001  # a failed check, or what the submission raised
            failures[name] = failure
    earned += sum(weight for name, (weight, _) in parts.items() if name not in failures)
    for failure in failures.values():
        try:
            raise failure
        except Exception:
            if earned:
                partial(earned, f"Right but for {', '.join(failures)}.")
            raise


#: Pairs of boxes, and their intersection over union.
TOGETHER = [
    ([0, 0, 2, 2], [1, 1, 3, 3], 1 / 7),  # a corner
    ([0, 0, 4, 4], [1, 1, 2, 3], 2 / 16),  # one inside the other
    ([0, 0, 2, 3], [0, 0, 2, 3], 1.0),  # the same
    ([-3, -2, -1, 2], [-2, -1, 4, 1], 2 / 18),  # negative coordinates
    ([0, 0, 6, 1], [2, -2, 3, 3], 1 / 10),  # a cross
    ([0, 0, 0.5, 0.2], [0.25, 0, 0.75, 0.2], 1 / 3),  # less than a pixel
]
APART = [
    ([0, 0, 1, 1], [2, 0, 3, 1], 0.0),  # apart in x, not in y
    ([0, 0, 1, 1], [0, 5, 1, 6], 0.0),  # apart in y, not in x
    ([0, 0, 1, 1], [3, 4, 5, 7], 0.0),  # apart in both: two negative sides make a positive area
    ([0, 0, 1, 1], [1, 0, 2, 1], 0.0),  # touching
]
# 1e-4 in what follows, for float32; and a tiny number that was added to the union is paid for once, in v6_properties.
NEAR = {"atol": 1e-4}


@criterion(
    "Intersection over union: values",
    points=3,
    tests=["box_iou"],
    hint="Half for boxes that meet: a box is x2 - x1 wide, without + 1. A third for boxes that lie apart: width and height of the "
    "intersection are cut off at 0, each by itself. A sixth for boxes without area, which overlap by 0: 0 / 0 is NaN.",
)
def test_v6_iou(submission, reference, rng):
    def together():
        a, b, expected = (np.array(part, dtype=float) for part in zip(*TOGETHER, strict=True))
        both = assert_array(submission.box_iou(a, b), (len(a), len(b)), name="iou", axes="N M")
        assert_close(np.diagonal(both), expected, name="iou of six pairs", axes="N", **NEAR)
        for n, m in ((7, 5), (1, 4), (3, 1)):
            a, b = draw_around(rng, n), draw_around(rng, m)
            assert_close(submission.box_iou(a, b), reference.box_iou(a, b), name="iou", axes="N M", **NEAR)

    def apart():
        a, b, expected = (np.array(part, dtype=float) for part in zip(*APART, strict=True))
        both = assert_array(submission.box_iou(a, b), (len(a), len(b)), name="iou", axes="N M")
        assert_close(np.diagonal(both), expected, name="iou of four pairs that lie apart", axes="N", **NEAR)
        a, b = draw(rng, 9), draw(rng, 8)
        assert_close(submission.box_iou(a, b), reference.box_iou(a, b), name="iou", axes="N M", **NEAR)

    def flat():
        boxes = np.array([[1.0, 1.0, 1.0, 3.0], [1.0, 1.0, 1.0, 3.0], [2.0, 2.0, 2.0, 2.0], [0.0, 0.0, 4.0, 4.0]])
        expected = np.diag([0.0, 0.0, 0.0, 1.0])
        answer = submission.box_iou(boxes, boxes)
        assert_close(answer, expected, name="iou of boxes, three of them without area", axes="N M", **NEAR)

    judge({"boxes that meet": (1 / 2, together), "boxes apart": (1 / 3, apart), "boxes without area": (1 / 6, flat)})


@criterion(
    "Intersection over union: what must hold for any boxes",
    points=1,
    tests=["box_iou"],
    hint="iou(a, b) is iou(b, a) transposed, lies between 0 and 1, is 1 for a box and itself, and does not change when all boxes are moved (half of the point) or "
    "stretched (the other half), to boxes of a hundredth of a pixel if need be: beside their areas 1e-6 in the denominator is not small.",
)
def test_v6_properties(submission, rng):
    a, b = draw_around(rng, 6), draw_around(rng, 4)
    iou = assert_array(submission.box_iou(a, b), (6, 4), name="iou", axes="N M")
    assert_between(iou, 0.0, 1.0, name="iou")
    check(bool(np.all(iou > 0)), "iou is 0 for boxes that overlap.")
    assert_close(submission.box_iou(b, a), iou.T, name="iou(b, a)", axes="M N", inputs=(a, b))
    same = assert_array(submission.box_iou(a, a), (6, 6), name="iou", axes="N N")
    assert_close(np.diagonal(same), np.ones(6), name="iou of a box and itself", axes="N", inputs=(a,))
    check(bool(np.all(iou < 1)), "iou is 1 for boxes that differ.")

    def assert_same(scale, shift):
        moved = submission.box_iou(scale * a + shift, scale * b + shift)
        assert_close(moved, iou, name=f"iou of {scale:g} * boxes + {shift:g}", axes="N M", inputs=(a, b))

    def stretched():
        assert_same(1000.0, 0.0)
        assert_same(1e-2, 0.5)

    judge({"boxes that are moved": (0.5, lambda: assert_same(1.0, 10.0)), "boxes that are stretched": (0.5, stretched)})


def indices_of(value):
    """Return indices, which are whole numbers in an array, a list or a tuple, or a single one."""
    is_some = isinstance(value, (list, tuple, int, float, np.ndarray, np.number))
    kept = np.atleast_1d(np.asarray(value)) if is_some else np.zeros((2, 2))
    is_right = kept.size in (0, max(kept.shape)) and kept.dtype.kind in "iuf" and bool(np.all(kept == np.round(kept)))
    check(is_right, "kept: expected K whole numbers, indices of boxes.", kind="shape")
    return kept.ravel().astype(int)


def overlap(a, b):
    """Return the IoU of two boxes that have an area."""
    width, height = (max(0.0, min(a[2 + i], b[2 + i]) - max(a[i], b[i])) for i in (0, 1))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (areas - width * height)


def suppressed(boxes, scores, threshold):
    """Return what is kept, by the definition: a box stays unless a better one that stays overlaps it by more."""
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(overlap(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return np.array(kept, dtype=int)


def is_clear(boxes, threshold):
    """Return True if no IoU is so near the threshold that rounding could decide."""
    return all(abs(overlap(a, b) - threshold) > 1e-4 for a, b in itertools.combinations(boxes, 2))


def draw_clear(rng, threshold):
    """Draw 14 boxes for a threshold, and their scores, some of which are negative as those of logits may be."""
    boxes = draw(rng, 14)
    while not is_clear(boxes, threshold):
        boxes = draw(rng, 14)
    return boxes, rng.permutation(14) / 14 - 0.3


@criterion(
    "Non-maximum suppression",
    points=4,
    tests=["nms"],
    provided=["box_iou"],
    hint="Go by score, not by position; the answer is indices into the boxes as they came in, best first. Only a "
    "box that is KEPT drops others: if A drops B, then C, which overlaps B alone, stays. An IoU of exactly the threshold drops nothing, and "
    "of no boxes at all none is kept: a quarter each. A library's suppression is not accepted.",
)
def test_v6_nms(submission, rng):
    assert_avoids(submission, functions=["nms"], names=["tensorflow.*", "keras.*"], modules=["torchvision", "cv2"])

    # In this chain neighbours overlap by 3/5: the second falls to the first, so the third survives the second.
    chain = np.array([[i, 0.0, i + 4.0, 1.0] for i in range(5)])
    for scores in ([0.9, 0.8, 0.7, 0.6, 0.5], [0.5, 0.6, 0.9, 0.7, 0.8], [0.1, 0.3, 0.2, 0.5, 0.4]):
        expected = suppressed(chain, scores, 0.5)
        assert_close(indices_of(submission.nms(chain, np.array(scores), 0.5)), expected, name="kept, of a chain of boxes")
    for threshold in (0.1, 0.35, 0.7):
        boxes, scores = draw_clear(rng, threshold)
        kept = indices_of(submission.nms(boxes, scores, threshold))
        assert_close(kept, suppressed(boxes, scores, threshold), name=f"kept, with threshold {threshold}")
        order = rng.permutation(14)
        again = indices_of(submission.nms(boxes[order], scores[order], threshold))
        check(again.size == kept.size and bool((again < 14).all()), "kept: another number of boxes in another order.")
        assert_close(order[again], kept, name="kept, with the boxes in another order")

    def at_the_threshold():
        halves = np.array([[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
        for threshold in (0.5, 1.0):  # an IoU of 1/2 is not greater than either, nor is that of a box with itself greater than 1
            kept = indices_of(submission.nms(halves, np.array([0.8, 0.9]), threshold))
            assert_close(kept, np.array([1, 0]), name=f"kept, of two boxes whose IoU is 0.5, with threshold {threshold}")

    def of_none():
        none = indices_of(submission.nms(np.zeros((0, 4)), np.zeros(0), 0.5))
        check(none.size == 0, "kept: of no boxes at all, something was kept.")

    judge({"an IoU of the very threshold": (0.25, at_the_threshold), "no boxes": (0.25, of_none)}, earned=0.5)
