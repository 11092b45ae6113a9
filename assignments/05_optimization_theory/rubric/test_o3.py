"""Schedule and clipping"""

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_close,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)


def schedule(submission, steps, *settings):
    """Return the learning rates of these steps."""
    rates = [submission.warmup_cosine(int(step), *settings) for step in steps]
    return np.array(
        [float(assert_array(rate, (), name="learning rate", finite=False)) for rate in rates]
    )


def called(settings):
    """Write down how the schedule was called."""
    return f"learning rates for base_lr, warmup, total = {', '.join(f'{value:.3g}' for value in settings)}"


@criterion(
    "warmup_cosine: the warm-up",
    points=1,
    tests=["warmup_cosine"],
    hint="A straight line from 0 at step 0 to base_lr at step warmup, whatever min_lr is. With "
    "warmup = 0 there is none, so nothing may be divided by it: step 0 has base_lr.",
)
def test_o3_warmup(submission, reference, rng):
    base = float(rng.uniform(0.5, 2))
    for settings in (
        (base, 5, 20),
        (base, 1, 4),
        (base, 7, 8, 0.1),
        (base, 0, 10),
        (base, 0, 7, base / 3),
    ):
        steps = range(
            settings[1] or 1
        )  # those that the cosine has no part in; without a warm-up, step 0
        expected = [reference.warmup_cosine(step, *settings) for step in steps]
        assert_close(
            schedule(submission, steps, *settings), np.array(expected), name=called(settings)
        )


@criterion(
    "warmup_cosine: the cosine",
    points=1,
    tests=["warmup_cosine"],
    hint="The cosine begins where the warm-up ends: its progress is (step - warmup) / (total - "
    "warmup), a fraction and no integer. Half a turn takes it from base_lr down to its end.",
)
def test_o3_schedule(submission, reference, rng):
    base = float(rng.uniform(0.5, 2))
    for settings in ((base, 5, 20), (base, 2, 10), (base, 1, 4), (base, 3, 13), (base, 7, 9)):
        _, warmup, total = settings
        steps = range(warmup, total)
        expected = [reference.warmup_cosine(step, *settings) for step in steps]
        assert_close(
            schedule(submission, steps, *settings), np.array(expected), name=called(settings)
        )


@criterion(
    "warmup_cosine: min_lr, and what comes after total",
    points=1,
    tests=["warmup_cosine"],
    hint="At step total the learning rate is min_lr, and it stays there. On the way down min_lr "
    "lifts the whole curve: it falls from base_lr to min_lr instead of from base_lr to 0.",
)
def test_o3_end(submission, rng):
    base = float(rng.uniform(0.5, 2))
    for warmup, total, min_lr in ((3, 13, 0.0), (5, 20, base / 5), (1, 7, base / 3), (7, 8, 0.1)):
        late = [total, total + 1, total + 2, 2 * total, 10 * total + 1]
        rates = schedule(submission, late, base, warmup, total, min_lr)
        assert_close(
            rates,
            np.full(5, min_lr),
            name=f"learning rates from step total on, for min_lr = {min_lr:.3g}",
        )
        # A curve against itself: whatever its shape is, min_lr takes the place of 0.
        fall = range(warmup, total + 1)
        plain, lifted = (
            schedule(submission, fall, base, warmup, total, end) for end in (0.0, min_lr)
        )
        due = min_lr + (1 - min_lr / base) * plain
        assert_close(lifted, due, name=f"learning rates of the way down to min_lr = {min_lr:.3g}")


@criterion(
    "warmup_cosine: no jumps, no restarts",
    points=1,
    tests=["warmup_cosine"],
    hint="From the end of the warm-up on the learning rate never rises again, also not after "
    "total, and never changes by much from one step to the next.",
)
def test_o3_smooth(submission, rng):
    base, warmup, total = float(rng.uniform(0.5, 2)), 20, 120
    rates = schedule(submission, range(300), base, warmup, total, 0.1 * base)
    check(
        bool(np.all(np.diff(rates[warmup:]) <= 1e-6)),
        "learning rate: it rises after the end of the warm-up.",
    )
    # The steepest piece is the warm-up, base / 20 per step; the cosine falls by at most pi / 2 /
    # 100 of base.
    check(
        bool(np.all(np.abs(np.diff(rates)) <= 0.051 * base)),
        "learning rate: it jumps from one step to the next.",
    )
    check(
        bool(rates[warmup] > 0.99 * base > rates[warmup - 1]),
        "learning rate: it is not the largest at the end of the warm-up.",
    )


def clip(submission, grads, max_norm):
    """Return what clip_grad_norm returns: gradients and a number."""
    return unpack(submission.clip_grad_norm(grads, max_norm), "clipped norm", of="clip_grad_norm")


@criterion(
    "clip_grad_norm: one norm for all",
    points=3,
    tests=["clip_grad_norm"],
    hint="All gradients together are one vector with one norm and are multiplied by one factor, so "
    "that its direction stays. The norm that is returned is that of before.",
)
def test_o3_clipping(submission, reference, rng):
    grads = [rng.normal(size=shape) for shape in ((3,), (2, 4), (1,), (2, 1, 2))]
    grads[1] *= 10  # per-tensor clipping would treat this one differently
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    norms = []
    for max_norm in (0.1, norm / 2, 0.99 * norm):
        clipped, told = clip(submission, grads, max_norm)
        expected, _ = reference.clip_grad_norm(grads, max_norm)
        name = f"gradients of norm {norm:.3g} clipped to {max_norm:.3g}"
        assert_close(clipped, expected, name=name, atol=1e-4, rtol=1e-4)
        norms.append(told)
    if not is_close(norms, [norm] * 3):
        partial(
            0.5,
            "The gradients are clipped rightly; the norm that is returned is not that of before.",
        )
    assert_close(norms, [norm] * 3, name="norms")


@criterion(
    "clip_grad_norm: small gradients and zeros",
    points=1,
    tests=["clip_grad_norm"],
    hint="Nothing is changed below max_norm: the factor is 1 at most. And gradients of zeros stay "
    "zeros: nothing is divided by their norm alone.",
)
def test_o3_small(submission, rng):
    grads = [rng.normal(size=shape) for shape in ((3,), (2, 4))]
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    for max_norm in (1.01 * norm, 10 * norm):
        clipped, _ = clip(submission, grads, max_norm)
        assert_close(
            clipped,
            grads,
            name=f"gradients of norm {norm:.3g} clipped to {max_norm:.3g}",
            atol=1e-4,
            rtol=1e-4,
        )
    clipped, told = clip(submission, [np.zeros(3), np.zeros((1, 2))], 0.5)
    assert_close(clipped, [np.zeros(3), np.zeros((1, 2))], name="gradients of zeros")
    assert_close(told, 0.0, name="norm", check_dtype=False)
