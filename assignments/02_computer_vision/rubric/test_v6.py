"""Detection: overlap and non-maximum suppression"""

import itertools

import numpy as np

from autograder.rubric import assert_avoids, assert_between, assert_close, check, criterion


def draw(rng, n, spread=8.0):
    """Draw n boxes, some of which overlap."""
    corner, size = rng.uniform(0, spread, size=(n, 2)), rng.uniform(0.5, 5, size=(n, 2))
    return np.concatenate([corner, corner + size], axis=1)


#: Pairs of boxes, and their intersection over union.
PAIRS = [
    ([0, 0, 2, 2], [1, 1, 3, 3], 1 / 7),  # a corner
    ([0, 0, 4, 4], [1, 1, 2, 3], 2 / 16),  # one inside the other
    ([0, 0, 2, 3], [0, 0, 2, 3], 1.0),  # the same
    ([0, 0, 1, 1], [2, 0, 3, 1], 0.0),  # apart in x, not in y
    ([0, 0, 1, 1], [0, 5, 1, 6], 0.0),  # apart in y, not in x
    ([0, 0, 1, 1], [3, 4, 5, 7], 0.0),  # apart in both: two negative sides make a positive area
    ([0, 0, 1, 1], [1, 0, 2, 1], 0.0),  # touching
    ([-3, -2, -1, 2], [-2, -1, 4, 1], 2 / 18),  # negative coordinates
    ([0, 0, 6, 1], [2, -2, 3, 3], 1 / 10),  # a cross
    ([0, 0, 0.5, 0.2], [0.25, 0, 0.75, 0.2], 1 / 3),  # less than a pixel
]


@criterion(
    "Intersection over union: values",
    points=4,
    tests=["box_iou"],
    hint="Width and height of the intersection are cut off at 0, each by itself. A box is x2 - x1 wide, without + 1. Two boxes "
    "without area overlap by 0: 0 / 0 is NaN.",
)
def test_v6_iou(submission, reference, rng):
    a, b, expected = (np.array(part, dtype=float) for part in zip(*PAIRS, strict=True))
    # 1e-4 in these three, for float32; and a tiny number that was added to the union is paid for once, in v6_properties.
    both = submission.box_iou(a, b)
    check(isinstance(both, np.ndarray) and both.shape == (10, 10), "iou: expected an array of shape (N, M) = (10, 10).", kind="shape")
    assert_close(np.diagonal(both), expected, name="iou of ten pairs", axes="N", atol=1e-4)
    for n, m in ((7, 5), (1, 4), (3, 1)):
        a, b = draw(rng, n), draw(rng, m)
        assert_close(submission.box_iou(a, b), reference.box_iou(a, b), name="iou", axes="N M", atol=1e-4)
    flat = np.array([[1.0, 1.0, 1.0, 3.0], [1.0, 1.0, 1.0, 3.0], [2.0, 2.0, 2.0, 2.0], [0.0, 0.0, 4.0, 4.0]])
    expected = np.diag([0.0, 0.0, 0.0, 1.0])
    assert_close(submission.box_iou(flat, flat), expected, name="iou of boxes, three of them without area", axes="N M", atol=1e-4)


@criterion(
    "Intersection over union: what must hold for any boxes",
    points=2,
    tests=["box_iou"],
    hint="iou(a, b) is iou(b, a) transposed, lies between 0 and 1, and does not change when all boxes are moved or stretched, "
    "to boxes of a hundredth of a pixel if need be: beside their areas 1e-6 in the denominator is not small.",
)
def test_v6_properties(submission, rng):
    a, b = draw(rng, 6), draw(rng, 4)
    iou = submission.box_iou(a, b)
    check(isinstance(iou, np.ndarray) and iou.shape == (6, 4), "iou: expected an array of shape (N, M) = (6, 4).", kind="shape")
    assert_between(iou, 0.0, 1.0, name="iou")
    assert_close(submission.box_iou(b, a), iou.T, name="iou(b, a)", axes="M N", inputs=(a, b))
    assert_close(np.diagonal(submission.box_iou(a, a)), np.ones(6), name="iou of a box and itself", axes="N", inputs=(a,))
    for scale, shift in ((1.0, 10.0), (1000.0, 0.0), (1e-2, 0.5)):
        moved = submission.box_iou(scale * a + shift, scale * b + shift)
        assert_close(moved, iou, name=f"iou of {scale:g} * boxes + {shift:g}", axes="N M", inputs=(a, b))


def indices_of(value):
    """Return indices that must be whole numbers in an array, a list or a tuple."""
    is_list = isinstance(value, (list, tuple)) and all(isinstance(one, (int, np.integer)) for one in value)
    kept = np.array(value, dtype=int) if is_list else value
    is_right = isinstance(kept, np.ndarray) and kept.ndim == 1 and (kept.dtype.kind in "iu" or kept.size == 0)
    check(is_right, "kept: expected an array of K indices.", kind="shape")
    return kept.astype(int)


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
    """Whether no IoU is so near the threshold that rounding could decide."""
    return all(abs(overlap(a, b) - threshold) > 1e-4 for a, b in itertools.combinations(boxes, 2))


@criterion(
    "Non-maximum suppression",
    points=2,
    tests=["nms"],
    provided=["box_iou"],
    hint="Go by score, not by position. Only a box that is KEPT drops others: if A drops B, then C, which overlaps B alone, stays. "
    "The answer is indices into the boxes as they came in, best first.",
)
def test_v6_nms(submission, rng):
    assert_avoids(submission, functions=["nms"], names=["*.non_max_suppression", "*.NMSBoxes"], modules=["torchvision", "cv2"])
    # In this chain neighbours overlap by 3/5: the second falls to the first, so the third survives the second.
    chain = np.array([[i, 0.0, i + 4.0, 1.0] for i in range(5)])
    for scores in ([0.9, 0.8, 0.7, 0.6, 0.5], [0.5, 0.6, 0.9, 0.7, 0.8], [0.1, 0.3, 0.2, 0.5, 0.4]):
        expected = suppressed(chain, scores, 0.5)
        assert_close(indices_of(submission.nms(chain, np.array(scores), 0.5)), expected, name="kept, of a chain of boxes")

    halves = np.array([[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    for threshold in (0.5, 1.0):  # an IoU of 1/2 is not greater than either, nor is that of a box with itself greater than 1
        kept = indices_of(submission.nms(halves, np.array([0.8, 0.9]), threshold))
        assert_close(kept, np.array([1, 0]), name=f"kept, of two boxes whose IoU is 0.5, with threshold {threshold}")

    for threshold in (0.1, 0.35, 0.7):
        boxes = draw(rng, 14)
        while not is_clear(boxes, threshold):
            boxes = draw(rng, 14)
        scores = rng.permutation(14) / 14 - 0.3  # logits may be negative
        kept = indices_of(submission.nms(boxes, scores, threshold))
        assert_close(kept, suppressed(boxes, scores, threshold), name=f"kept, with threshold {threshold}")
        order = rng.permutation(14)
        again = indices_of(submission.nms(boxes[order], scores[order], threshold))
        check(again.size == kept.size and bool((again < 14).all()), "kept: another number of boxes in another order.")
        assert_close(order[again], kept, name="kept, with the boxes in another order")
    check(indices_of(submission.nms(np.zeros((0, 4)), np.zeros(0), 0.5)).size == 0, "kept: of no boxes at all, something was kept.")
