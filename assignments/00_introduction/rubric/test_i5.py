"""Gradient checkpointing."""

import math
from itertools import pairwise

import numpy as np

from autograder.rubric import assert_calls, assert_close, check, criterion


class Layers:
    """A chain of tanh layers of different widths, and what plain backpropagation makes of it."""

    def __init__(self, rng, widths):
        self.weights = [rng.normal(0, 0.6, (n, m)) for n, m in pairwise(widths)]
        self.x, self.g = rng.normal(size=widths[0]), rng.normal(size=widths[-1])
        self.fs = [lambda x, w=w: np.tanh(x @ w) for w in self.weights]
        self.vjps = [lambda x, g, w=w: w @ (g * (1 - np.tanh(x @ w) ** 2)) for w in self.weights]

    def plain(self):
        """Return the output and the gradient of the input, with every activation kept."""
        activations = [self.x]
        for f in self.fs:
            activations.append(f(activations[-1]))
        g = self.g
        for vjp, x in zip(reversed(self.vjps), reversed(activations[:-1]), strict=True):
            g = vjp(x, g)
        return activations[-1], g


@criterion(
    "checkpointed_vjp: output and gradient for every spacing",
    points=5,
    tests=["checkpointed_vjp"],
    hint="The last segment may be shorter than the others, the spacing larger than the chain; and vjps[i] needs the "
    "input of fs[i], not its output.",
)
def test_i5_values(submission, rng):
    for widths in ((3, 4), (3, 5, 2, 4, 4, 3, 2, 5), (2, 3, 4, 3, 2, 3, 4)):
        layers = Layers(rng, widths)
        expected = layers.plain()
        for every in range(1, len(widths) + 2):
            answer = submission.checkpointed_vjp(layers.fs, layers.vjps, layers.x, layers.g, every)
            check(isinstance(answer, tuple) and len(answer) == 3, "expected three values: y, gx and a dict.", "type")
            name = (f"y for every={every}", f"gx for every={every}")
            assert_close(answer[:2], expected, name=name, inputs=(layers.x,))


class Activation:
    """An opaque activation: only the grader can look into it."""

    def __init__(self, place, number):
        self.place, self.number = place, number


class Meter:
    """A chain x -> sin(x) + 1 of opaque activations, with its calls and the activations alive counted outside."""

    def __init__(self, submission, length):
        self.submission, self.length = submission, length
        self.forward_calls = self.backward_calls = self.most_alive = self.wrong = 0
        self.fs = [lambda x, i=i: self.forward(x, i) for i in range(length)]
        self.vjps = [lambda x, g, i=i: self.backward(x, g, i) for i in range(length)]
        self.start = Activation(0, 0.4)

    def count_alive(self, new=0):
        self.most_alive = max(self.most_alive, self.submission.live_loans() + new)

    def forward(self, x, i):
        self.forward_calls += 1
        self.wrong += x.place != i
        self.count_alive(new=1)
        return self.submission.loan(Activation(i + 1, math.sin(x.number) + 1))

    def backward(self, x, g, i):
        self.backward_calls += 1
        self.wrong += x.place != i
        self.count_alive()
        return g * math.cos(x.number)

    def expected(self):
        """Return output and gradient."""
        x, slope = self.start.number, 1.0
        for _ in range(self.length):
            x, slope = math.sin(x) + 1, slope * math.cos(x)
        return x, slope


@criterion(
    "checkpointed_vjp: calls and living activations, counted outside",
    points=5,
    tests=["checkpointed_vjp"],
    hint="Keep every k-th activation, compute one segment at a time again, and let go of it before the next: a loop "
    "variable or an old list keeps activations alive.",
)
def test_i5_work(submission):
    n = 12
    for every in (1, 2, 3, 4, 5, 12, 20):
        meter = Meter(submission, n)
        answer = submission.checkpointed_vjp(meter.fs, meter.vjps, submission.loan(meter.start), 1.0, every)
        check(isinstance(answer, tuple) and len(answer) == 3, "expected three values: y, gx and a dict.", "type")
        check(meter.wrong == 0, f"every={every}: a function was given the activation of another one.", "wrong values")
        assert_calls(
            meter.forward_calls, at_least=n, at_most=2 * n, name=f"every={every}: the forward functions together"
        )
        bound = math.ceil(n / every) + every + 1
        most = f"every={every}: {meter.most_alive} activations were alive at one time, at most {bound} are needed."
        check(meter.most_alive <= bound, most, "work")
        calls = answer[2]["forward_calls"]
        assert_close(calls, meter.forward_calls, name=f"forward_calls for every={every}")
        if n % every == 0:
            assert_calls(meter.backward_calls, exactly=n, name=f"every={every}: the backward functions together")
            assert_close(answer[1], meter.expected()[1], name=f"gx for every={every}")
