"""Calls under other circumstances, and what is seen of them."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.remote import RemoteCallable

SOFTMAX = """
import numpy as np
def naive(z):
    e = np.exp(z)
    return e / e.sum()
def stable(z):
    e = np.exp(z - z.max())
    return e / e.sum()
def empty_mean(z):
    return np.mean(z[:0])
"""


def test_under_errstate_overflow_is_an_error_of_the_call(load):
    """A naive softmax overflows; a stable one underflows, rightly."""
    submission = load(SOFTMAX)
    z = np.array([1000.0, 0.0])
    with pytest.raises(FloatingPointError, match="overflow"):
        submission.naive.under(errstate="raise")(z)
    assert submission.stable.under(errstate="raise")(z).tolist() == [1.0, 0.0]
    assert np.isnan(submission.naive(z)[0])


def test_under_errstate_warnings_of_numpy_are_errors(load):
    """The mean of nothing is a warning that no errstate catches."""
    strict = {"over": "raise", "divide": "raise", "invalid": "ignore"}
    with pytest.raises(RuntimeWarning, match="Mean of empty slice"):
        load(SOFTMAX).empty_mean.under(errstate=strict)(np.ones(3))


def test_under_arguments_tells_them_as_they_are_after_the_call(load):
    """An in-place change is seen."""
    submission = load("def relu(dout, x, *, scale):\n    dout[x <= 0] = 0\n    return dout * scale")
    observed = submission.relu.under(arguments=True)
    observed(np.ones(2), np.array([-1.0, 1.0]), scale=[2.0])
    assert [argument.tolist() for argument in observed.testimony.arguments] == [[0.0, 1.0], [-1.0, 1.0]]
    assert observed.testimony.keywords == {"scale": [2.0]}


def test_under_arguments_are_told_even_when_the_call_raises(load):
    """What was changed before the error is known."""
    observed = load("def f(x):\n    x[0] = 5\n    raise ValueError('no')").f.under(arguments=True)
    with pytest.raises(ValueError, match="no"):
        observed(np.zeros(1))
    assert observed.testimony.arguments[0].tolist() == [5.0]


def test_under_warnings_tells_them_in_order_and_bounded(load):
    """The first hundred, each once per occurrence."""
    observed = load("import warnings\ndef f(n):\n    for i in range(n): warnings.warn(f'number {i}')").f.under(
        warnings=True
    )
    observed(200)
    assert len(observed.testimony.warnings) == 100
    assert observed.testimony.warnings[1] == "UserWarning: number 1"


def test_under_recursion_limit_counts_from_the_call(load):
    """A recursive topological order fails where a loop does not."""
    submission = load(
        "def deep(n): return 0 if n == 0 else 1 + deep(n - 1)\ndef f(): import sys; return sys.getrecursionlimit()"
    )
    before = submission.f()
    assert submission.deep.under(recursion_limit=100)(80) == 80
    with pytest.raises(RecursionError):
        submission.deep.under(recursion_limit=100)(120)
    assert submission.f() == before


def test_under_count_work_counts_lines_and_turns(load):
    """Vectorised work does not grow, a loop's does."""
    submission = load(
        "def loop(x):\n    s = 0\n    for v in x: s += v\n    return s\ndef vectorised(x):\n    return x.sum()"
    )

    def work(function, n):
        observed = function.under(count_work=True)
        observed(np.ones(n))
        return observed.testimony.work

    assert work(submission.vectorised, 10) == work(submission.vectorised, 1000)
    assert 9 <= work(submission.loop, 10).turns <= 11
    assert 1.8 < work(submission.loop, 200).total / work(submission.loop, 100).total < 2.1


def test_under_keep_leaves_the_answer_in_the_candidate(load):
    """Options and `keep` go together."""
    observed = load("def f(x): return x").f.under(keep=True, arguments=True)
    handle = observed(3)
    assert handle.value() == 3
    assert observed.testimony.arguments == (3,)


def test_under_on_a_method_works_as_on_a_function(load):
    """Methods of handles take options, too."""
    net = load("class Net:\n    def loss(self, x):\n        x += 1\n        return 0.0").Net()
    observed = net.loss.under(arguments=True)
    assert isinstance(observed, RemoteCallable)
    observed(np.zeros(1))
    assert observed.testimony.arguments[0].tolist() == [1.0]


def test_under_several_options_are_observed_together(load):
    """Each option keeps its part of the testimony."""
    observed = load("import numpy as np\ndef f(x):\n    for _ in range(3):\n        np.log(x)\n    return x").f.under(
        arguments=True, count_work=True, warnings=True
    )
    observed(np.zeros(1))
    testimony = observed.testimony
    assert testimony.work.turns == 3
    assert testimony.arguments[0].tolist() == [0.0]
    assert testimony.warnings[0].startswith("RuntimeWarning: divide by zero")
