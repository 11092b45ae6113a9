"""Gradient checkpointing."""

import math
from itertools import pairwise

import numpy as np
import pytest

from autograder.rubric import assert_calls, assert_close, check, criterion, unpack


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
    hint="A fifth each: y, and gx where k is 1, divides n, leaves a shorter last segment, and exceeds n. vjps[i] needs "
    "the input of fs[i], not its output.",
)
@pytest.mark.parametrize("kind", ["y", "one", "whole", "shorter", "beyond"])
def test_i5_values(submission, rng, kind):
    for widths, by_kind in (
        ((3, 4), {"y": (1, 2), "one": (1,), "whole": (1,), "shorter": (2,), "beyond": (2, 3)}),
        ((3, 5, 2, 4, 4, 3, 2), {"y": (2, 4), "one": (1,), "whole": (2, 3, 6), "shorter": (4, 5), "beyond": (7, 20)}),
        ((2, 3, 4, 3, 2, 3, 4, 5), {"y": (3,), "one": (1,), "whole": (7,), "shorter": (2, 3, 4, 5, 6), "beyond": (9,)}),
    ):
        layers = Layers(rng, widths)
        y, gx = layers.plain()
        for every in by_kind[kind]:
            answer = submission.checkpointed_vjp(layers.fs, layers.vjps, layers.x, layers.g, every)
            got_y, got_gx, _ = unpack(answer, "y gx cost", of="checkpointed_vjp")
            if kind == "y":
                assert_close(got_y, y, name=f"y for every={every}", inputs=(layers.x,))
            else:
                assert_close(got_gx, gx, name=f"gx for every={every}", inputs=(layers.x,))


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
    hint="In equal parts: at most 2n calls of the fs; few living activations, so keep every k-th, compute one segment "
    "at a time again and let go of it (a loop variable keeps one alive); forward_calls as it was counted.",
)
@pytest.mark.parametrize("kind", ["calls", "alive", "reported"])
def test_i5_work(submission, kind):
    n = 12
    for every in (1, 2, 3, 4, 5, 12, 20):
        meter = Meter(submission, n)
        answer = submission.checkpointed_vjp(meter.fs, meter.vjps, submission.loan(meter.start), 1.0, every)
        _, gx, cost = unpack(answer, "y gx cost", of="checkpointed_vjp")
        check(meter.wrong == 0, f"every={every}: a function was given the activation of another one.", "wrong values")
        forward = f"every={every}: the forward functions together"
        assert_calls(meter.forward_calls, at_least=n, name=forward)
        if n % every == 0:  # a shorter last segment is i5_values'
            assert_calls(meter.backward_calls, exactly=n, name=f"every={every}: the backward functions together")
            assert_close(gx, meter.expected()[1], name=f"gx for every={every}")
        if kind == "calls":
            assert_calls(meter.forward_calls, at_most=2 * n, name=forward)
        elif kind == "alive":
            bound = math.ceil(n / every) + every + 1
            most = f"every={every}: {meter.most_alive} activations were alive at one time, at most {bound} are needed."
            check(meter.most_alive <= bound, most, "work")
        else:
            assert_close(cost, {"forward_calls": meter.forward_calls}, name=f"the third value for every={every}")
