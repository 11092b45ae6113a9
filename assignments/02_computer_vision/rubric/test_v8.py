"""The building blocks of WaveNet"""

import numpy as np

from autograder.rubric import assert_array, assert_avoids, assert_close, check, criterion, partial

# (N, T, C_in), (K, C_out), dilation.
SHAPES = [
    ((2, 10, 3), (1, 2), 1),
    ((2, 10, 3), (2, 4), 1),
    ((1, 12, 2), (2, 3), 2),
    ((3, 9, 1), (3, 2), 1),
    ((2, 11, 2), (3, 1), 2),
    ((2, 20, 2), (3, 3), 4),
    ((1, 17, 3), (2, 2), 8),
    ((2, 7, 2), (1, 2), 5),
]
SHORT = [((2, 6, 2), (3, 2), 8), ((1, 1, 2), (2, 2), 1)]  # looks back further than the sequence is long
# Not to be used by what is tested. Keras may stand at the top of vision.py, for V7.
LIBRARIES = ["tensorflow.*", "keras.*", "*.convolve", "*.correlate", "*.polymul", "*.poly1d", "numpy.polynomial.*"]



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


def draw(rng, sequences, filters):
    """Draw x, w and b."""
    K, C_out = filters
    return rng.normal(size=sequences), rng.normal(size=(K, sequences[2], C_out)), rng.normal(size=C_out)


def assert_values(submission, reference, rng, shapes):
    for sequences, filters, dilation in shapes:
        x, w, b = draw(rng, sequences, filters)
        out = submission.dilated_causal_conv1d(x, w, b, dilation)
        expected = reference.dilated_causal_conv1d(x, w, b, dilation)
        assert_close(out, expected, name=f"out for dilation {dilation}", axes="N T C_out", inputs=(x, w, b))


@criterion(
    "Dilated causal convolution: values",
    points=3,
    tests=["dilated_causal_conv1d"],
    hint="Tap j sees the sample (K - 1 - j) * dilation steps ago, so the last tap sees the present; all the zeros, "
    "(K - 1) * dilation of them, go to the left. The output is as long as the input, also where (K - 1) * dilation is longer (a "
    "third of the points). A library's convolution, also np.convolve, is not accepted.",
)
def test_v8_values(submission, reference, rng):
    assert_avoids(submission, functions=["dilated_causal_conv1d"], names=LIBRARIES, modules=["scipy"])
    assert_values(submission, reference, rng, SHAPES)
    short = "sequences shorter than (K - 1) * dilation"
    judge({short: (1 / 3, lambda: assert_values(submission, reference, rng, SHORT))}, earned=2 / 3)


@criterion(
    "Dilated causal convolution: no look into the future, and how far into the past",
    points=2,
    tests=["dilated_causal_conv1d"],
    hint="Half for the future: change x from some moment on, and nothing may change before it, while a single sample moves K of them. Half for the reach: behind layers of "
    "dilations d, a single sample is felt in 1 + (K - 1) * d1 + (K - 1) * d2 + ... of them, and no further.",
)
def test_v8_causality(submission, reference, rng):
    def no_future():
        for sequences, filters, dilation in [SHAPES[1], SHAPES[4], SHAPES[5]]:
            x, w, b = draw(rng, sequences, filters)
            shape = (*x.shape[:2], len(b))
            out = assert_array(submission.dilated_causal_conv1d(x, w, b, dilation), shape, name="out", axes="N T C_out")
            moment = sequences[1] // 2
            changed = x.copy()
            changed[:, moment:] += rng.normal(size=changed[:, moment:].shape)
            after = assert_array(submission.dilated_causal_conv1d(changed, w, b, dilation), shape, name="out", axes="N T C_out")
            name = "out before the moment at which x was changed"
            assert_close(after[:, :moment], out[:, :moment], name=name, inputs=(x,))
            lone = x.copy()
            lone[:, moment] += 1.0
            after = assert_array(submission.dilated_causal_conv1d(lone, w, b, dilation), shape, name="out", axes="N T C_out")
            moved = int(np.any(np.abs(after - out) > 1e-3, axis=(0, 2)).sum())
            check(moved == len(w), f"one sample moves {moved} samples of out, expected {len(w)}, one for each tap.")

    def reach():
        for kernel, dilations in ((2, [1, 2, 4, 8]), (3, [1, 2]), (1, [1, 4]), (2, [5]), (3, [4, 1, 1])):
            field = reference.receptive_field(kernel, dilations)
            signal = np.zeros((1, 3 * field + 12, 1))
            signal[0, field + 5] = 1.0  # an impulse: whatever sees it is within reach
            for dilation in dilations:
                answer = submission.dilated_causal_conv1d(signal, np.ones((kernel, 1, 1)), np.zeros(1), dilation)
                signal = assert_array(answer, signal.shape, name="out", axes="N T C_out")
            seen = np.flatnonzero(signal)
            span = int(seen[-1] - seen[0]) + 1 if seen.size else 0
            where = f"behind layers of dilations {dilations} with {kernel} taps"
            check(span == field, f"an impulse is felt in {span} samples {where}, expected {field}.")

    judge({"the future": (0.5, no_future), "the reach": (0.5, reach)})


@criterion(
    "Receptive field: how many samples one output sees",
    points=1,
    tests=["receptive_field"],
    hint="Each layer looks (K - 1) * dilation samples further back, and the present counts as well.",
)
def test_v8_field(submission, reference):
    for kernel, dilations in ((2, [1, 2, 4, 8]), (3, [1, 2]), (1, [1, 4]), (2, [5]), (3, [4, 1, 1]), (4, [])):
        field = reference.receptive_field(kernel, dilations)
        assert_close(submission.receptive_field(kernel, dilations), field, name=f"receptive_field({kernel}, {dilations})")


SETTINGS = ((255, ()), (255, (255,)), (15, (15,)), (64, (64,)))  # mu, and what it is passed as


@criterion(
    "Mu-law: codes",
    points=2,
    tests=["mulaw_encode"],
    hint="Round to the nearest code, do not cut off: -1 becomes 0, 0 becomes the code in the middle, 1 becomes mu. All logarithms "
    "take the mu that was passed in; codes for another mu than 255 are worth half.",
)
def test_v8_mulaw(submission, rng):
    def assert_codes(mu, arguments):
        x = np.concatenate([np.linspace(-1, 1, 401), rng.uniform(-1, 1, size=200), rng.uniform(-0.02, 0.02, size=199)])
        x = np.sort(x).reshape(8, 100)
        codes = assert_array(submission.mulaw_encode(x, *arguments), x.shape, name="codes", axes="S T")
        check(bool(np.all(codes == np.round(codes))), "codes: expected whole numbers.", kind="dtype")
        due = (np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu) + 1) / 2 * mu
        # A tie may go either way, and float32 may see one where there is none.
        far = np.abs(codes - due) > 0.5 + 1e-3
        check(not far.any(), f"codes: {np.count_nonzero(far)} are not the nearest, for mu {mu}.")

    def others():
        for mu, arguments in SETTINGS[2:]:
            assert_codes(mu, arguments)

    assert_codes(*SETTINGS[0])
    assert_codes(*SETTINGS[1])
    judge({"another mu than 255": (0.5, others)}, earned=0.5)


@criterion(
    "Mu-law: samples from codes",
    points=2,
    tests=["mulaw_decode"],
    hint="The formulas turned round: y = 2 q / mu - 1, of which x has the sign; (1 + mu) ** |y| - 1 over mu is its size. All powers take the "
    "mu that was passed in; samples for another mu than 255 are worth half.",
)
def test_v8_decode(submission, reference):
    def assert_samples(mu, arguments):
        codes = np.arange(mu + 1)
        for shape in ((mu + 1,), (1, mu + 1)):
            answer = submission.mulaw_decode(codes.reshape(shape), *arguments)
            due = reference.mulaw_decode(codes.reshape(shape), mu)
            assert_close(answer, due, name=f"the samples of all codes, for mu {mu}", axes="S" if len(shape) == 1 else "S T")

    def others():
        for mu, arguments in SETTINGS[2:]:
            assert_samples(mu, arguments)

    assert_samples(*SETTINGS[0])
    assert_samples(*SETTINGS[1])
    judge({"another mu than 255": (0.5, others)}, earned=0.5)
