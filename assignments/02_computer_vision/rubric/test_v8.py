"""The building blocks of WaveNet"""

import numpy as np

from autograder.rubric import assert_avoids, assert_close, check, criterion

# (N, T, C_in), (K, C_out), dilation.
SHAPES = [
    ((2, 10, 3), (1, 2), 1),
    ((2, 10, 3), (2, 4), 1),
    ((1, 12, 2), (2, 3), 2),
    ((3, 9, 1), (3, 2), 1),
    ((2, 11, 2), (3, 1), 2),
    ((2, 20, 2), (3, 3), 4),
    ((1, 17, 3), (2, 2), 8),
    ((2, 6, 2), (3, 2), 8),  # looks back further than the sequence is long
    ((2, 7, 2), (1, 2), 5),
    ((1, 1, 2), (2, 2), 1),
]


def draw(rng, sequences, filters):
    """Draw x, w and b."""
    K, C_out = filters
    return rng.normal(size=sequences), rng.normal(size=(K, sequences[2], C_out)), rng.normal(size=C_out)


@criterion(
    "Dilated causal convolution: values",
    points=4,
    tests=["dilated_causal_conv1d"],
    hint="Tap j sees the sample (K - 1 - j) * dilation steps ago, so the last tap sees the present; all the zeros, "
    "(K - 1) * dilation of them, go to the left. The output is as long as the input.",
)
def test_v8_values(submission, reference, rng):
    assert_avoids(submission, functions=["dilated_causal_conv1d"], names=["*.conv", "*.conv1d", "*.convolution"], modules=["scipy"])
    for sequences, filters, dilation in SHAPES:
        x, w, b = draw(rng, sequences, filters)
        out = submission.dilated_causal_conv1d(x, w, b, dilation)
        expected = reference.dilated_causal_conv1d(x, w, b, dilation)
        assert_close(out, expected, name=f"out for dilation {dilation}", axes="N T C_out", inputs=(x, w, b))


@criterion(
    "Dilated causal convolution: no look into the future, and how far into the past",
    points=3,
    tests=["dilated_causal_conv1d", "receptive_field"],
    hint="Change x from some moment on: nothing may change before it. Each layer looks (K - 1) * dilation samples further back, and "
    "the present counts as well.",
)
def test_v8_causality(submission, reference, rng):
    for sequences, filters, dilation in [SHAPES[1], SHAPES[4], SHAPES[5]]:
        x, w, b = draw(rng, sequences, filters)
        out = submission.dilated_causal_conv1d(x, w, b, dilation)
        check(isinstance(out, np.ndarray) and out.shape == (*x.shape[:2], len(b)), "out: expected the shape (N, T, C_out).", kind="shape")
        check(bool(np.any(out != 0)), "out: every value is zero.")
        moment = sequences[1] // 2
        changed = x.copy()
        changed[:, moment:] += rng.normal(size=changed[:, moment:].shape)
        after = submission.dilated_causal_conv1d(changed, w, b, dilation)
        assert_close(after[:, :moment], out[:, :moment], name="out before the moment at which x was changed", inputs=(x,))
        check(not np.allclose(after[:, moment], out[:, moment]), "out[:, t] does not depend on x[:, t].")

    for kernel, dilations in ((2, [1, 2, 4, 8]), (3, [1, 2]), (1, [1, 4]), (2, [5]), (3, [4, 1, 1]), (4, [])):
        field = reference.receptive_field(kernel, dilations)
        signal = np.zeros((1, field + 12, 1))
        signal[0, 5] = 1.0  # an impulse: whatever sees it is within reach
        for dilation in dilations:
            signal = submission.dilated_causal_conv1d(signal, np.ones((kernel, 1, 1)), np.zeros(1), dilation)
        seen = np.flatnonzero(signal) if isinstance(signal, np.ndarray) else np.zeros(0, dtype=int)
        last = int(seen[-1]) - 5 + 1 if seen.size else 0
        check(last == field, f"an impulse is felt for {last} samples behind layers of dilations {dilations} with {kernel} taps, expected {field}.")
        assert_close(submission.receptive_field(kernel, dilations), field, name=f"receptive_field({kernel}, {dilations})")


@criterion(
    "Mu-law: codes, and back again",
    points=3,
    tests=["mulaw_encode", "mulaw_decode"],
    hint="Round to the nearest code, do not cut off: -1 becomes 0, 0 becomes the code in the middle, 1 becomes mu. All logarithms "
    "and powers take the mu that was passed in.",
)
def test_v8_mulaw(submission, reference, rng):
    for mu, arguments in ((255, ()), (255, (255,)), (15, (15,)), (64, (64,))):
        x = np.sort(np.concatenate([np.linspace(-1, 1, 401), rng.uniform(-1, 1, size=200), rng.uniform(-0.02, 0.02, size=199)])).reshape(8, 100)
        codes = submission.mulaw_encode(x, *arguments)
        is_right = isinstance(codes, np.ndarray) and codes.shape == x.shape and codes.dtype.kind in "iu"
        check(is_right, "codes: expected an array of integers in the shape of x.", kind="dtype")
        codes = codes.astype(int)
        ends = submission.mulaw_encode(np.array([-1.0, 0.0, 1.0]), *arguments)
        first, middle, last = (int(code) for code in ends)
        check((first, last) == (0, mu), f"the codes of -1 and 1 are {first} and {last}, expected 0 and {mu}.")
        check(mu // 2 <= middle <= (mu + 1) // 2, f"the code of 0 is {middle}; the middle is {mu / 2}.")
        check(bool((np.diff(codes.ravel()) >= 0).all()), "a larger sample has a smaller code.")
        check(codes.min() >= 0 and codes.max() <= mu, f"there are codes outside 0 to {mu}.")

        every = np.arange(mu + 1)
        samples = submission.mulaw_decode(every, *arguments)
        assert_close(samples, reference.mulaw_decode(every, mu), name="the samples of all codes", axes="S")
        assert_close(submission.mulaw_encode(samples, *arguments), every, name="the codes of the samples of all codes", axes="S")

        # The nearest code is at most 1 / mu away in y, so the sample lies between those of y - 1 / mu and y + 1 / mu.
        y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
        low, high = (np.sign(z) * np.expm1(np.abs(z) * np.log1p(mu)) / mu for z in (y - 1 / mu, y + 1 / mu))
        back = submission.mulaw_decode(codes, *arguments)
        check(isinstance(back, np.ndarray) and back.shape == x.shape, "decoded: expected the shape of the codes.", kind="shape")
        near = (back >= low - 1e-6) & (back <= high + 1e-6)
        check(bool(near.all()), "some samples come back further away than half a code: they were not given the nearest.")
