"""The building blocks of WaveNet"""

import numpy as np

from autograder.rubric import assert_close, check, criterion


@criterion(
    "Dilated causal convolution: an example to do by hand",
    points=1,
    tests=["dilated_causal_conv1d", "receptive_field"],
    hint="With two taps and dilation 2, out[t] = w[0] * x[t - 2] + w[1] * x[t] + b; what lies before the first sample is 0.",
)
def test_v8_example_convolution(submission):
    x, w = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1), np.array([10.0, 1.0]).reshape(2, 1, 1)
    for dilation, expected in ((1, [1.0, 12.0, 23.0, 34.0]), (2, [1.0, 2.0, 13.0, 24.0])):
        out = submission.dilated_causal_conv1d(x, w, np.array([100.0]), dilation)
        assert_close(out, 100 + np.array(expected).reshape(1, 4, 1), name=f"out for dilation {dilation}", axes="N T C_out")
    assert_close(submission.receptive_field(2, [1, 2, 4, 8]), 16, name="receptive_field(2, [1, 2, 4, 8])")


@criterion(
    "Mu-law: an example",
    points=1,
    tests=["mulaw_encode", "mulaw_decode"],
    hint="log(1 + mu |x|) / log(1 + mu) with the sign of x lies between -1 and 1; (y + 1) / 2 * mu between 0 and mu.",
)
def test_v8_example_mulaw(submission):
    codes = submission.mulaw_encode(np.array([-1.0, -0.01, 0.01, 1.0]))
    assert_close(codes, np.array([0, 98, 157, 255]), name="codes")
    samples = submission.mulaw_decode(np.array([0, 255]))
    assert_close(samples, np.array([-1.0, 1.0]), name="samples")
    check(0 < float(submission.mulaw_decode(np.array([128]))[0]) < 1e-4, "the code 128 is the first above silence.")
