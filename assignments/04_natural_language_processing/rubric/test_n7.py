"""Frontier: speech recognition with CTC"""

import itertools

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    assert_finite,
    assert_gradient,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

LIBRARIES = ["*.ctc_loss", "*.CTC", "*.ctc_batch_cost", "*.ctc_decode", "*.ctc_greedy_decoder", "*.GradientTape"]


def log_softmax(x):
    """Return the logarithm of the softmax over the last axis."""
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def read(path, blank):
    """Read a path: merge what repeats, then drop blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def by_paths(log_probs, target, blank):
    """Return -log p of a target by the definition: the sum over all paths, one by one, of one utterance, float[T, C]."""
    T, C = log_probs.shape
    paths = [path for path in itertools.product(range(C), repeat=T) if read(path, blank) == tuple(target)]
    scores = np.array([log_probs[np.arange(T), list(path)].sum() for path in paths])
    return -np.log(np.exp(scores).sum()) if paths else np.inf


def batch(rng, T, C, blank, utterances):
    """Return log_probs, targets, input_lengths and target_lengths of utterances (frames, target); padding is whatever it is."""
    L = max(1, max(len(target) for _, target in utterances))
    targets = rng.choice([label for label in range(C) if label != blank], size=(len(utterances), L))
    for row, (_, target) in zip(targets, utterances, strict=True):
        row[: len(target)] = target
    lengths = [np.array([frames for frames, _ in utterances]), np.array([len(target) for _, target in utterances])]
    return log_softmax(2 * rng.normal(size=(T, len(utterances), C))), targets, *lengths


def loss_and_gradient(submission, *arguments):
    """Return both values of the submission's ctc_loss."""
    return unpack(submission.ctc_loss(*arguments), "loss grad", of="ctc_loss")


# Frames, target. With a repeated label, an empty target, as many labels as frames; the blank is class 0.
FORCED = [(5, (1, 1)), (5, (1, 2)), (4, ()), (3, (1, 2, 1)), (6, (2, 2, 1)), (3, (2, 2)), (6, (1, 2, 2, 1)), (1, (2,)), (1, ())]
# The same when the blank is the last class of three.
LAST = [(5, (0, 0)), (5, (0, 1)), (4, ()), (3, (1, 0, 1)), (6, (1, 1, 0))]


@criterion(
    "ctc_loss: values",
    points=4,
    tests=["ctc_loss"],
    hint="A path may go on to the next state, or skip a BLANK between two DIFFERENT labels: between equal ones the blank is what keeps "
    "them apart. It ends in the last label or in the blank behind it. The loss is -log p, the sum over all paths.",
)
def test_n7_values(submission, rng):
    assert_avoids(submission, functions=["ctc_loss"], names=LIBRARIES)
    for blank, utterances in ((0, FORCED), (2, LAST)):
        arguments = batch(rng, 6, 3, blank, utterances)
        loss, _ = loss_and_gradient(submission, *arguments, *((blank,) if blank else ()))
        loss = assert_array(loss, (len(utterances),), name="loss", axes="B")
        for b, (frames, target) in enumerate(utterances):
            expected = by_paths(arguments[0][:frames, b], target, blank)
            name = f"loss of the target {list(target)} in {frames} frames, with the blank {blank}"
            assert_close(loss[b], expected, name=name, inputs=(arguments[0],), check_dtype=False)
    for _ in range(6):  # one utterance alone, all frames of it
        frames, target = int(rng.integers(3, 6)), rng.integers(1, 3, size=2)
        arguments = batch(rng, frames, 3, 0, [(frames, target)])
        loss, _ = loss_and_gradient(submission, *arguments)
        assert_close(loss, np.array([by_paths(arguments[0][:, 0], target, 0)]), name="loss of one utterance", axes="B", inputs=(arguments[0],))


@criterion(
    "ctc_loss: gradient",
    points=3,
    tests=["ctc_loss"],
    hint="log_probs are free variables: the gradient for class c at frame t is minus the probability, given the target, that the path is "
    "in c at t, alpha * beta / p summed over all states with this label. No softmax comes into it.",
)
def test_n7_gradient(submission, reference, rng):
    # All targets whose paths pass through one state of a class only would not tell a sum over states from an assignment.
    for blank, T, C, utterances in (
        (0, 6, 3, FORCED),
        (2, 5, 3, LAST[:4]),
        (0, 12, 5, [(12, (1, 2, 3, 2, 1)), (9, (4, 4, 4)), (12, ())]),
    ):
        log_probs, *others = batch(rng, T, C, blank, utterances)
        _, grad = loss_and_gradient(submission, log_probs, *others, *((blank,) if blank else ()))
        expected = reference.ctc_loss(log_probs, *others, blank)[1]
        if not is_close(grad, expected, inputs=(log_probs,)):
            half_for_own_gradient(submission, rng, log_probs, others, blank, grad)
        assert_close(grad, expected, name="grad", axes="T B C", inputs=(log_probs,))
        assert_gradient(lambda y, a=others, k=blank: reference.ctc_loss(y, *a, k)[0].sum(), log_probs, grad, rng=rng, name="grad", axes="T B C")


def half_for_own_gradient(submission, rng, log_probs, others, blank, grad):
    """Give half of the points for the gradient of the submission's own, wrong loss."""

    def own_loss(y):
        loss, _ = loss_and_gradient(submission, y, *others, *((blank,) if blank else ()))
        return assert_array(loss, (log_probs.shape[1],), name="loss", axes="B").sum()

    try:
        assert_consistent(own_loss, log_probs, grad, rng=rng, directions=3, name="grad", axes="T B C")
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own loss, but that is not the loss of CTC.")


@criterion(
    "ctc_loss: what must hold for any utterance",
    points=3,
    tests=["ctc_loss"],
    hint="At every frame a path is in exactly one class, so the gradient sums to -1 there, and it is 0 beyond the utterance's own frames. "
    "What pads the targets does not count; and if no path fits, the loss is infinite and the gradient 0, not NaN.",
)
def test_n7_properties(submission, rng):
    utterances = [(9, (1, 3, 3, 2)), (5, (2, 2)), (7, ()), (9, (3,))]
    log_probs, targets, frames, labels = batch(rng, 9, 4, 0, utterances)
    loss, grad = loss_and_gradient(submission, log_probs, targets, frames, labels)
    loss, grad = assert_array(loss, (4,), name="loss", axes="B"), assert_array(grad, (9, 4, 4), name="grad", axes="T B C")
    is_in = np.arange(9)[:, None] < frames
    assert_close(grad.sum(axis=2), -is_in.astype(float), name="sums of grad over the classes", axes="T B", inputs=(grad,), check_dtype=False)

    padded, noisy = targets.copy(), log_probs.copy()
    beyond = np.arange(4) >= labels[:, None]
    padded[beyond] = (padded[beyond] + 1) % 4  # blanks and labels
    noisy[~is_in] = log_softmax(3 * rng.normal(size=noisy[~is_in].shape))
    changed, gradient = loss_and_gradient(submission, noisy, padded, frames, labels)
    assert_close(changed, loss, name="loss after padding was changed", axes="B", inputs=(loss,), check_dtype=False)
    assert_close(gradient, grad, name="grad after padding was changed", axes="T B C", inputs=(grad,), check_dtype=False)

    short = [(1, (1, 2)), (2, (3, 3)), (9, (1, 2)), (4, (1, 1, 2, 2)), (3, (1, 2, 3, 1))]
    arguments = batch(rng, 9, 4, 0, short)
    loss, grad = loss_and_gradient(submission, *arguments)
    loss = assert_array(loss, (5,), name="loss", axes="B", finite=False)
    for b, (count, target) in enumerate(short):
        if b != 2:
            check(bool(loss[b] == np.inf), f"loss of the target {list(target)} in {count} frames: got {loss[b]}, expected inf: no path can be read so.")
    assert_finite(loss[2], name="loss of an utterance beside those that are too short")
    grad = assert_array(grad, (9, 5, 4), name="grad", axes="T B C")
    assert_close(grad[:, [0, 1, 3, 4]], np.zeros((9, 4, 4)), name="grad of utterances that are too short", axes="T B C", inputs=(grad,))


@criterion(
    "ctc_loss: four hundred frames",
    points=1,
    tests=["ctc_loss"],
    hint="The probability of a path of 400 frames is less than the smallest number there is. Keep logarithms throughout, and add with "
    "np.logaddexp.",
)
def test_n7_long(submission, reference, rng):
    target = (1, 1, *rng.integers(1, 6, size=58))
    _, *others = batch(rng, 400, 6, 0, [(400, target)])
    arguments = (log_softmax(5 * rng.normal(size=(400, 1, 6))), *others)  # p is about exp(-1000)
    loss, grad = loss_and_gradient(submission, *arguments)
    expected = reference.ctc_loss(*arguments)
    assert_finite(loss, name="loss of 400 frames")
    # 400 sums, each of them rounded: 1e-4 would do for float32 as well.
    assert_close(loss, expected[0], name="loss of 400 frames", axes="B", inputs=(arguments[0],))
    assert_finite(grad, name="grad of 400 frames")
    assert_close(grad, expected[1], name="grad of 400 frames", axes="T B C", inputs=(arguments[0],))


@criterion(
    "ctc_greedy_decode: merge, then drop",
    points=2,
    tests=["ctc_greedy_decode"],
    hint="First merge what repeats, THEN drop the blanks: a, blank, a is two letters, a, a is one. Frames beyond the utterance's own "
    "length are not read, and the blank need not be class 0.",
)
def test_n7_decode(submission, rng):
    for blank, paths in (
        (0, [(1, 0, 1, 1, 2, 0), (0, 0, 0, 0, 0, 0), (1, 1, 1, 2, 2, 2), (0, 2, 2, 0, 2, 1)]),
        (2, [(1, 2, 1, 1, 0, 2), (0, 0, 0, 0, 0, 0), (2, 2, 2, 2, 2, 2), (0, 1, 1, 2, 1, 0)]),
    ):
        for frames in ((6, 6, 6, 6), (3, 1, 4, 5)):
            log_probs = log_softmax(rng.normal(size=(6, 4, 3)) + 12 * np.eye(3)[np.array(paths).T])
            assert_reading(submission, log_probs, frames, blank, paths)
    for blank in (0, 3):
        log_probs, frames = log_softmax(rng.normal(size=(15, 3, 4))), (15, 4, 11)
        assert_reading(submission, log_probs, frames, blank, log_probs.argmax(axis=2).T)


def assert_reading(submission, log_probs, frames, blank, paths):
    """Check the transcripts of known paths."""
    given = (log_probs, np.array(frames), *((blank,) if blank else ()))
    found = submission.ctc_greedy_decode(*given)
    is_list = isinstance(found, (list, tuple)) and len(found) == len(paths)
    check(is_list, f"transcripts: expected a list of {len(paths)} lists.", kind="type")
    for path, count, labels in zip(paths, frames, found, strict=True):
        path = [int(one) for one in path[:count]]
        is_list = isinstance(labels, (list, tuple)) and all(isinstance(one, (int, np.integer)) for one in labels)
        labels = np.array(labels, dtype=int) if is_list else labels
        assert_close(labels, np.array(read(path, blank), dtype=int), name=f"transcript of the path {path} with the blank {blank}")
