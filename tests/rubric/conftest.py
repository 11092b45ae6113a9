"""A function of a submission, in this process; and a fresh tally for every test."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograder.rubric import CheckFailed, checks


@dataclass(frozen=True)
class LocalWork:
    """What a call is said to have executed."""

    lines: int
    turns: int


@dataclass(frozen=True)
class LocalTestimony:
    """What a call is said to have done."""

    arguments: tuple[Any, ...] | None = None
    keywords: dict[str, Any] | None = None
    work: LocalWork | None = None
    warnings: tuple[str, ...] = ()


class LocalFunction:
    """A function that is called as a remote one: copies of the arguments, call options, testimony."""

    def __init__(self, function, name="f", work=None):
        self.function = function
        self.__name__ = name
        self.work = work
        self.testimony = None
        self.errstate = {}
        self.watches_arguments = False

    def under(self, *, errstate=None, count_work=False, arguments=False):
        """Return the function with call options."""
        observed = LocalFunction(self.function, self.__name__, self.work if count_work else None)
        observed.errstate = errstate or {}
        observed.watches_arguments = arguments
        return observed

    def __call__(self, *args, **kwargs):
        """Call the function with copies."""
        sent, named = copy.deepcopy((args, kwargs))
        with np.errstate(**self.errstate):
            answer = self.function(*sent, **named)
        work = None if self.work is None else LocalWork(*self.work(*args))
        self.testimony = LocalTestimony(*((sent, named) if self.watches_arguments else (None, None)), work)
        return answer


@pytest.fixture
def local():
    """Make functions that are called as remote ones."""
    return LocalFunction


@pytest.fixture(autouse=True)
def tally():
    """Begin a fresh tally."""
    return checks.reset()


@pytest.fixture
def fails(tally):
    """Call a check that must fail, once counted; return the failure."""

    def call(check, *args, **kwargs) -> CheckFailed:
        before = tally.checks
        with pytest.raises(CheckFailed) as caught:
            check(*args, **kwargs)
        assert tally.checks == before + 1
        assert tally.failures[-1] is caught.value
        assert caught.value.kind in checks.KINDS
        return caught.value

    return call


@pytest.fixture
def passes(tally):
    """Call a check that must pass, once counted; return what it returned."""

    def call(check, *args, **kwargs):
        before, failures = tally.checks, len(tally.failures)
        value = check(*args, **kwargs)
        assert tally.checks == before + 1
        assert len(tally.failures) == failures
        return value

    return call
