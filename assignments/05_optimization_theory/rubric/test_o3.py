"""Schedule and clipping"""

import numpy as np

from autograder.rubric import assert_array, assert_close, check, criterion, unpack


def schedule(submission, steps, *settings):
    """Return the learning rates of these steps."""
    return [submission.warmup_cosine(int(step), *settings) for step in steps]


@criterion(
    "warmup_cosine: values",
    points=4,
    tests=["warmup_cosine"],
    hint="The cosine begins where the warm-up ends: its progress is (step - warmup) / (total - warmup), a fraction and no integer. "
    "It ends at min_lr and stays there; the warm-up begins at 0, and with warmup = 0 there is none to divide by.",
)
def test_o3_schedule(submission, reference, rng):
    base = float(rng.uniform(0.5, 2))
    cases = [(base, 5, 20), (base, 0, 10), (base, 1, 4), (base, 3, 13, base / 5), (base, 0, 7, base / 3), (base, 7, 8, 0.1)]
    for settings in cases:
        total = settings[2]
        steps = [*range(total + 3), 2 * total, 10 * total + 1]
        expected = [reference.warmup_cosine(step, *settings) for step in steps]
        actual = schedule(submission, steps, *settings)
        called = f"learning rates for base_lr, warmup, total, min_lr = {', '.join(f'{value:.3g}' for value in settings)}"
        assert_close(actual, expected, name=called, check_dtype=False)


@criterion(
    "warmup_cosine: no jumps, no restarts",
    points=1,
    tests=["warmup_cosine"],
    hint="From the end of the warm-up on the learning rate never rises again, also not after total, and never changes by much "
    "from one step to the next.",
)
def test_o3_smooth(submission, rng):
    base, warmup, total = float(rng.uniform(0.5, 2)), 20, 120
    rates = schedule(submission, range(300), base, warmup, total, 0.1 * base)
    rates = np.array([float(assert_array(rate, (), name="learning rate")) for rate in rates])
    check(bool(np.all(np.diff(rates[warmup:]) <= 1e-9)), "learning rate: it rises after the end of the warm-up.")
    # The steepest piece is the warm-up, base / 20 per step; the cosine falls by at most pi / 2 / 100 of base.
    check(bool(np.all(np.abs(np.diff(rates)) <= 0.051 * base)), "learning rate: it jumps from one step to the next.")
    check(rates[warmup] > 0.99 * base > rates[warmup - 1], "learning rate: it is not the largest at the end of the warm-up.")


@criterion(
    "clip_grad_norm: one norm for all",
    points=3,
    tests=["clip_grad_norm"],
    hint="All gradients together are one vector with one norm and are multiplied by one factor, so that its direction stays. "
    "Nothing is changed below max_norm, zeros stay zeros, and the norm that is returned is that of before.",
)
def test_o3_clipping(submission, reference, rng):
    grads = [rng.normal(size=shape) for shape in ((3,), (2, 4), (1,), (2, 1, 2))]
    grads[1] *= 10  # per-tensor clipping would treat this one differently
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    for max_norm in (0.1, norm / 2, 0.99 * norm, 1.01 * norm, 10 * norm):
        clipped, told = unpack(submission.clip_grad_norm(grads, max_norm), "clipped norm", of="clip_grad_norm")
        expected, _ = reference.clip_grad_norm(grads, max_norm)
        assert_close(clipped, expected, name=f"gradients of norm {norm:.3g} clipped to {max_norm:.3g}", atol=1e-5, rtol=1e-6)
        assert_close(told, norm, name="norm", inputs=tuple(grads))

    clipped, told = unpack(submission.clip_grad_norm([np.zeros(3), np.zeros((1, 2))], 0.5), "clipped norm", of="clip_grad_norm")
    assert_close(clipped, [np.zeros(3), np.zeros((1, 2))], name="gradients of zeros")
    assert_close(told, 0.0, name="norm", check_dtype=False)
