"""The building blocks of WaveNet"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Dilated causal convolution: an example to do by hand",
    points=1,
    tests=["dilated_causal_conv1d"],
    hint="With two taps and dilation 2, out[t] = w[0] * x[t - 2] + w[1] * x[t] + b; what lies before the first sample is 0.",
)
def test_v8_example_convolution(submission):
    x, w = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1), np.array([10.0, 1.0]).reshape(2, 1, 1)
    for dilation, expected in ((1, [1.0, 12.0, 23.0, 34.0]), (2, [1.0, 2.0, 13.0, 24.0])):
        out = submission.dilated_causal_conv1d(x, w, np.array([100.0]), dilation)
        assert_close(out, 100 + np.array(expected).reshape(1, 4, 1), name=f"out for dilation {dilation}", axes="N T C_out")


@criterion(
    "Mu-law: the codes of four samples",
    points=1,
    tests=["mulaw_encode"],
    hint="log(1 + mu |x|) / log(1 + mu) with the sign of x lies between -1 and 1; (y + 1) / 2 * mu between 0 and mu, and is rounded "
    "to the nearest code.",
)
def test_v8_example_mulaw(submission):
    codes = submission.mulaw_encode(np.array([-1.0, -0.01, 0.01, 1.0]))
    assert_close(codes, np.array([0, 98, 157, 255]), name="codes")
