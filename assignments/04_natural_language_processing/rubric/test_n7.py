"""Frontier: speech recognition with CTC"""

import itertools

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    assert_gradient,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

LIBRARIES = [
    "*.ctc_loss",
    "*.CTC",
    "*.ctc_batch_cost",
    "*.ctc_decode",
    "*.ctc_greedy_decoder",
    "*.GradientTape",
]


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
    paths = [
        path for path in itertools.product(range(C), repeat=T) if read(path, blank) == tuple(target)
    ]
    scores = np.array([log_probs[np.arange(T), list(path)].sum() for path in paths])
    return -np.log(np.exp(scores).sum()) if paths else np.inf


def batch(rng, T, C, blank, utterances):
    """Return log_probs, targets, input_lengths and target_lengths of utterances (frames, target); padding is whatever it is."""
    L = max(1, max(len(target) for _, target in utterances))
    targets = rng.choice([label for label in range(C) if label != blank], size=(len(utterances), L))
    for row, (_, target) in zip(targets, utterances, strict=True):
        row[: len(target)] = target
    lengths = [
        np.array([frames for frames, _ in utterances]),
        np.array([len(target) for _, target in utterances]),
    ]
    return log_softmax(2 * rng.normal(size=(T, len(utterances), C))), targets, *lengths


def loss_and_gradient(submission, *arguments):
    """Return both values of the submission's ctc_loss."""
    return unpack(submission.ctc_loss(*arguments), "loss grad", of="ctc_loss")


# Frames and target of utterances by what is special about them; class 0 is the blank.
PLAIN = [(6, (1, 2)), (6, (2,)), (6, (1, 2, 1)), (6, (2, 1, 2, 1))]
TWICE = [(6, (1, 1)), (6, (2, 2, 1)), (6, (1, 2, 2, 1)), (6, (1, 1, 1))]
SHORT = [(5, (1, 2)), (3, (1, 2, 1)), (1, (2,)), (4, (2, 1)), (2, (1, 2))]
# The same when the blank is the last class of three.
LAST = [(6, (0, 1)), (6, (1, 0, 1)), (6, (1,)), (6, (0, 1, 0))]
KINDS = {
    "a label stands twice in a row": (0, TWICE),
    "an utterance is shorter than the batch": (0, SHORT),
    "the blank is not class 0": (2, LAST),
}


def paths_losses(log_probs, utterances, blank):
    """Return the losses of utterances by the definition."""
    return np.array(
        [
            by_paths(log_probs[:frames, b], target, blank)
            for b, (frames, target) in enumerate(utterances)
        ]
    )


@criterion(
    "ctc_loss: values",
    points=3,
    tests=["ctc_loss"],
    hint="A path may go on to the next state, or skip a BLANK between two DIFFERENT labels: "
    "between equal ones the blank is what keeps them apart. It ends in the last label or in the "
    "blank behind it. The loss is -log p, the sum over all paths. Half of the points: it is right "
    "unless a label stands twice in a row, or an utterance is shorter than the batch, or the "
    "blank is not class 0.",
)
def test_n7_values(submission, rng):
    assert_avoids(submission, functions=["ctc_loss"], names=LIBRARIES)
    wrong = []
    for kind, (blank, utterances) in {"": (0, PLAIN), **KINDS}.items():
        arguments = batch(rng, 6, 3, blank, utterances)
        given = (*arguments, *((blank,) if blank else ()))
        right = paths_losses(arguments[0], utterances, blank)
        if kind:
            wrong += [] if has_losses(submission, given, right) else [kind]
        else:
            loss, _ = loss_and_gradient(submission, *given)
            assert_close(
                loss,
                right,
                name=f"loss of the targets {[list(target) for _, target in utterances]}",
                axes="B",
                inputs=arguments[:1],
            )
    for _ in range(6):  # one utterance alone, all frames of it
        frames, target = (
            int(rng.integers(3, 6)),
            rng.choice(3, size=2, replace=False, p=[0, 0.5, 0.5]),
        )
        arguments = batch(rng, frames, 3, 0, [(frames, target)])
        loss, _ = loss_and_gradient(submission, *arguments)
        assert_close(
            loss,
            np.array([by_paths(arguments[0][:, 0], target, 0)]),
            name="loss of one utterance",
            axes="B",
            inputs=arguments[:1],
        )
    if len(wrong) == 1:
        partial(0.5, f"The loss is right, but not where {wrong[0]}.")
    check(not wrong, f"loss: it is wrong where {', and where '.join(wrong)}.")


def has_losses(submission, given, right):
    """Return True if the losses are right; an exception is an answer like others."""
    try:
        loss = submission.ctc_loss(*given)[0]
    except Exception:  # of the submission
        return is_close(None, right)
    return is_close(loss, right, inputs=given[:1])


@criterion(
    "ctc_loss: gradient",
    points=3,
    tests=["ctc_loss"],
    hint="log_probs are free variables: the gradient for class c at frame t is minus the "
    "probability, given the target, that the path is in c at t, alpha * beta / p summed over all "
    "states with this label. No softmax comes into it. Half of the points: it is the gradient of "
    "your own loss, or right for your own p, but your loss is another one; or it is right in the "
    "frames of each utterance, but not 0 beyond.",
)
def test_n7_gradient(submission, reference, rng):
    # All targets whose paths pass through one state of a class only would not tell a sum over states from an assignment.
    for blank, T, C, utterances in (
        (0, 6, 3, [*PLAIN, *SHORT, *TWICE]),
        (2, 6, 3, LAST),
        (0, 12, 5, [(12, (1, 2, 3, 2, 1)), (9, (4, 4, 4)), (12, (3,))]),
    ):
        log_probs, *others = batch(rng, T, C, blank, utterances)
        loss, grad = loss_and_gradient(submission, log_probs, *others, *((blank,) if blank else ()))
        right, expected = reference.ctc_loss(log_probs, *others, blank)
        if not is_close(grad, expected, inputs=(log_probs,)):
            half_for_frames(log_probs, others[1], grad, expected)
            half_for_own_loss(
                submission, rng, log_probs, others, blank, (loss, grad), (right, expected)
            )
        assert_close(grad, expected, name="grad", axes="T B C", inputs=(log_probs,))
        assert_gradient(
            lambda y, a=others, k=blank: reference.ctc_loss(y, *a, k)[0].sum(),
            log_probs,
            grad,
            rng=rng,
            name="grad",
            axes="T B C",
        )


def half_for_frames(log_probs, frames, grad, expected):
    """Give half of the points for a gradient that is wrong only beyond the frames of an utterance."""
    grad = assert_array(grad, expected.shape, name="grad", axes="T B C")
    is_in = (np.arange(len(grad))[:, None] < frames)[:, :, None]
    if is_close(np.where(is_in, grad, expected), expected, inputs=(log_probs,)):
        partial(0.5, "grad: it is right in the frames of an utterance, but beyond them it is not 0.")


def half_for_own_loss(submission, rng, log_probs, others, blank, own, right):
    """Give half of the points for a gradient that is wrong only since the submission's loss is."""
    if is_close(own[1], right[1] + np.exp(log_probs), inputs=(log_probs,)):
        raise CheckFailed("grad: exp(log_probs) is added to it, as if a log-softmax came before.")
    loss = assert_array(own[0], right[0].shape, name="loss", axes="B", finite=False)
    has_paths = np.isfinite(loss)  # an infinite loss has a gradient of 0
    factors = np.where(has_paths, np.exp(np.where(has_paths, loss, 0) - right[0]), 0)
    if not is_close(loss, right[0]) and is_close(
        own[1], right[1] * factors[:, None], inputs=(log_probs,)
    ):
        partial(0.5, "The gradient is right but for p, which is that of your own loss.")

    def own_loss(y):
        loss, _ = loss_and_gradient(submission, y, *others, *((blank,) if blank else ()))
        return assert_array(loss, right[0].shape, name="loss", axes="B", finite=False)[
            has_paths
        ].sum()

    try:
        assert_consistent(
            own_loss, log_probs, own[1], rng=rng, directions=3, name="grad", axes="T B C"
        )
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own loss, but that is not the loss of CTC.")


def ordinary(rng):
    """Draw four utterances of which none is special."""
    return batch(rng, 9, 4, 0, [(9, (1, 3, 2)), (5, (2, 1)), (7, (3,)), (9, (1, 2, 1))])


def are_fair(submission, reference, rng):
    """Return whether loss and gradient are right for ordinary utterances: what is wrong there is paid elsewhere."""
    arguments = ordinary(rng)
    right = reference.ctc_loss(*arguments)
    actual = loss_and_gradient(submission, *arguments)
    return [is_close(one, due, inputs=arguments[:1]) for one, due in zip(actual, right, strict=True)]


@criterion(
    "ctc_loss: silence",
    points=1,
    tests=["ctc_loss"],
    hint="The target may be empty: then there is one state, the blank, and one path, in which "
    "every frame is blank. If this is what is wrong, and not ordinary targets: beware of an index "
    "that takes the last label for granted, and of [-2] and [-1], which are the same state then. "
    "A loss or a gradient that is wrong for ordinary targets must be finite here, and the loss "
    "not 0.",
)
def test_n7_silence(submission, reference, rng):
    # What is wrong for any target is paid elsewhere: then an empty one must have finite numbers, and no more.
    fair = are_fair(submission, reference, rng)
    for utterances in ([(5, ())], [(5, ()), (3, ()), (5, (1, 2))]):
        log_probs, *others = batch(rng, 5, 4, 0, utterances)
        loss, grad = loss_and_gradient(submission, log_probs, *others)
        loss = assert_array(loss, (len(utterances),), name="loss", axes="B")
        grad = assert_array(grad, log_probs.shape, name="grad", axes="T B C")
        for b, (frames, target) in enumerate(utterances):
            if not target:
                silence = -np.eye(4)[[0]] * (np.arange(5) < frames)[:, None]
                name = f"of an empty target in {frames} frames"
                check(bool(loss[b] != 0), f"loss {name}: it is 0.")
                assert_close(
                    loss[b],
                    -log_probs[:frames, b, 0].sum() if fair[0] else loss[b],
                    name=f"loss {name}",
                    inputs=(log_probs,),
                    check_dtype=False,
                )
                assert_close(
                    grad[:, b],
                    silence if fair[1] else grad[:, b],
                    name=f"grad {name}",
                    axes="T C",
                    inputs=(log_probs,),
                    check_dtype=False,
                )


@criterion(
    "ctc_loss: at every frame a path is in exactly one class",
    points=1,
    tests=["ctc_loss"],
    hint="So the gradient sums to the same at every frame of an utterance (that is -1), and it is 0 "
    "beyond. If a class has several states, their probabilities add up.",
)
def test_n7_properties(submission, reference, rng):
    log_probs, targets, frames, labels = ordinary(rng)
    _, grad = loss_and_gradient(submission, log_probs, targets, frames, labels)
    grad = assert_array(grad, log_probs.shape, name="grad", axes="T B C")
    check(bool(np.any(grad != grad[:, :, :1])), "grad: it is the same for every class.")
    is_in = np.arange(len(log_probs))[:, None] < frames
    # A gradient that is wrong by a factor, or by what sums to the same at every frame, is paid elsewhere.
    sums = grad.sum(axis=2)
    expected = reference.ctc_loss(log_probs, targets, frames, labels)[1]
    is_right = is_close(np.where(is_in[:, :, None], grad, 0), expected, inputs=(log_probs,))
    assert_close(
        sums,
        np.where(is_in, sums[0], np.zeros_like(sums) if is_right else sums),
        name="sums of grad over the classes, against those of the first frame",
        axes="T B",
        inputs=(grad,),
        check_dtype=False,
    )


@criterion(
    "ctc_loss: what pads does not count",
    points=1,
    tests=["ctc_loss"],
    hint="Labels beyond target_lengths and frames beyond input_lengths may be anything: the loss, "
    "and the gradient in the frames of the utterance, stay what they are. Neither is zero, and a "
    "label that counts matters.",
)
def test_n7_padding(submission, rng):
    log_probs, targets, frames, labels = ordinary(rng)
    loss, grad = loss_and_gradient(submission, log_probs, targets, frames, labels)
    loss, grad = (
        assert_array(loss, (4,), name="loss", axes="B"),
        assert_array(grad, log_probs.shape, name="grad", axes="T B C"),
    )
    check(bool(np.all(loss != 0)) and bool(np.any(grad)), "loss, grad: there are zeros.")
    is_in = np.arange(len(log_probs))[:, None] < frames
    padded, noisy = targets.copy(), log_probs.copy()
    beyond = np.arange(targets.shape[1]) >= labels[:, None]
    padded[beyond] = (padded[beyond] + 1) % 4  # blanks and labels
    noisy[~is_in] = log_softmax(3 * rng.normal(size=noisy[~is_in].shape))
    changed, gradient = loss_and_gradient(submission, noisy, padded, frames, labels)
    assert_close(
        changed,
        loss,
        name="loss after padding was changed",
        axes="B",
        inputs=(loss,),
        check_dtype=False,
    )
    gradient = assert_array(gradient, grad.shape, name="grad", axes="T B C")
    assert_close(
        np.where(is_in[:, :, None], gradient, 0),
        np.where(is_in[:, :, None], grad, 0),
        name="grad after padding was changed",
        axes="T B C",
        inputs=(grad,),
        check_dtype=False,
    )
    seen = targets.copy()
    seen[2, 0] = 3 - targets[2, 0] or 1
    other, _ = loss_and_gradient(submission, log_probs, seen, frames, labels)
    other = assert_array(other, (4,), name="loss", axes="B")
    check(bool(other[2] != loss[2]), "loss: it does not depend on a label that counts.")


@criterion(
    "ctc_loss: targets that do not fit",
    points=1,
    tests=["ctc_loss"],
    hint="If there are too few frames, no path can be read as the target: the loss is infinite "
    "and the gradient 0, not NaN. Others in the batch do not notice. A gradient that is wrong for "
    "ordinary targets has only to be finite here.",
)
def test_n7_impossible(submission, reference, rng):
    fair = are_fair(submission, reference, rng)
    # As many frames as the batch has: whether shorter ones are told from it, is another criterion's affair.
    for T, short in (
        (1, [(1, (1, 2)), (1, (2,))]),
        (2, [(2, (3, 2, 1)), (2, (1, 2))]),
        (3, [(3, (1, 2, 1, 2)), (3, (1, 2)), (3, (1, 2, 3, 1))]),
    ):
        arguments = batch(rng, T, 4, 0, short)
        loss, grad = loss_and_gradient(submission, *arguments)
        loss = assert_array(loss, (len(short),), name="loss", axes="B", finite=False)
        too_short = [b for b, (_, target) in enumerate(short) if len(target) > T]
        for b in too_short:
            check(
                bool(loss[b] == np.inf),
                f"loss of the target {list(short[b][1])} in {T} frames: got {loss[b]}, expected inf: no path can be read so.",
            )
        # A loss that is wrong for ordinary targets may find too few frames for this one, too.
        check(
            bool(np.isfinite(loss[1])) or (not fair[0] and not np.isnan(loss[1])),
            f"loss of the target {list(short[1][1])} in {T} frames: got {loss[1]}, expected a finite number.",
        )
        grad = assert_array(grad, (T, len(short), 4), name="grad", axes="T B C")
        assert_close(
            grad[:, too_short],
            np.zeros((T, len(too_short), 4)) if fair[1] else grad[:, too_short],
            name="grad of utterances that are too short",
            axes="T B C",
            inputs=(grad,),
            check_dtype=False,
        )
        check(
            bool(np.any(grad[:, 1])) or not fair[1],
            "grad of an utterance beside those that are too short: every value is zero.",
        )


@criterion(
    "ctc_loss: four hundred frames",
    points=1,
    tests=["ctc_loss"],
    hint="The probability of a path of 400 frames is less than the smallest number there is. Keep "
    "logarithms throughout, and add with np.logaddexp.",
)
def test_n7_long(submission, reference, rng):
    # What is wrong in a few frames is paid elsewhere: then 400 must be finite, and no more.
    few = batch(
        rng,
        10,
        4,
        0,
        [
            (10, (1, 2)),
            (10, (3,)),
            (10, (1, 2, 3)),
            (10, (2, 1, 2)),
            (10, (3, 1, 2, 1)),
            (10, (2, 3)),
        ],
    )
    fair = [
        is_close(one, right, inputs=few[:1])
        for one, right in zip(
            loss_and_gradient(submission, *few), reference.ctc_loss(*few), strict=True
        )
    ]
    target = tuple(
        (np.cumsum(rng.integers(1, 5, size=60)) % 5) + 1
    )  # no label stands twice in a row
    _, *others = batch(rng, 400, 6, 0, [(400, target)])
    many = log_softmax(5 * rng.normal(size=(400, 1, 6))), *others  # p is about exp(-1000)
    expected = reference.ctc_loss(*many)
    loss, grad = loss_and_gradient(submission, *many)
    loss, grad = (
        assert_array(loss, (1,), name="loss of 400 frames", axes="B"),
        assert_array(grad, (400, 1, 6), name="grad of 400 frames", axes="T B C"),
    )
    # 400 sums, each of them rounded: 1e-4 would do for float32 as well.
    assert_close(
        loss, expected[0] if fair[0] else loss, name="loss of 400 frames", axes="B", inputs=many[:1]
    )
    assert_close(
        grad,
        expected[1] if fair[1] else grad,
        name="grad of 400 frames",
        axes="T B C",
        inputs=many[:1],
    )
    check(
        bool(np.any(grad)) and bool(loss[0] > 10),
        "loss, grad of 400 frames: they are zero, or nearly so.",
    )


@criterion(
    "ctc_greedy_decode: merge, then drop",
    points=2,
    tests=["ctc_greedy_decode"],
    hint="First merge what repeats, THEN drop the blanks: a, blank, a is two letters, a, a is "
    "one. Frames beyond the utterance's own length are not read, and the blank need not be class "
    "0.",
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
    found = found.tolist() if isinstance(found, np.ndarray) else found
    transcripts = unpack(
        found, [f"transcript {b}" for b in range(len(paths))], of="ctc_greedy_decode"
    )
    for path, count, labels in zip(paths, frames, transcripts, strict=True):
        path = [int(one) for one in path[:count]]
        due = list(read(path, blank))
        check(
            numbers(labels) == due,
            f"transcript of the path {path} with the blank {blank}: got {numbers(labels)}, expected {due}.",
        )


def numbers(labels):
    """Return a list, tuple or array of whole numbers, as ints or as floats, as a list; None for anything else."""
    if isinstance(labels, np.ndarray):
        labels = labels.ravel().tolist() if labels.ndim == 1 or not labels.size else None
    is_sequence = isinstance(labels, (list, tuple))
    is_whole = is_sequence and all(
        isinstance(one, (int, float, np.number)) and float(one).is_integer() for one in labels
    )
    return [int(one) for one in labels] if is_whole else None
