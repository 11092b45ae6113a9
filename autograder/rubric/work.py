"""Checks of how much a function does [CX].

That is executed lines and loop turns when a size grows, and calls of what it was given.

Never wall-clock time: a vectorised convolution grew 8 times where its loop grew 4 times
when the size doubled (caches). The work is counted in the candidate, so it is
testimony; calls of stubs and loans are counted outside.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from autograder.records.criterion import Data
from autograder.remote import Handle, handle_callable
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted_check, note

if TYPE_CHECKING:
    from collections.abc import Mapping


class Work(Protocol):
    """The work of a call, as the candidate saw it."""

    @property
    def lines(self) -> int:
        """Lines of the submission's code that ran."""

    @property
    def turns(self) -> int:
        """Turns of its loops, comprehensions included."""


class Testimony(Protocol):
    """The candidate's own observations during a call."""

    @property
    def arguments(self) -> Sequence[Any] | None:
        """The positional arguments as they are after the call."""

    @property
    def keywords(self) -> Mapping[str, Any] | None:
        """The arguments by name, likewise."""

    @property
    def work(self) -> Work | None:
        """The work of the call."""


class Observed(Protocol):
    """A function of the submission with call options."""

    @property
    def testimony(self) -> Any:
        """The observations of the last call (`Testimony`)."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""


class Function(Protocol):
    """A function of the submission."""

    def under(
        self,
        *,
        errstate: Mapping[str, str] | None = ...,
        count_work: bool = ...,
        arguments: bool = ...,
    ) -> Any:
        """Return it with call options (`Observed`)."""


def observe(function: Any, **options: Any) -> Any:
    """Return a function of the submission with call options.

    The function may have been an answer of the submission.
    """
    called = handle_callable(function) if isinstance(function, Handle) else function
    return called.under(**options)


def name_of(function: object) -> str:
    """Return what a student calls a function.

    That is its name; for a remote one, the name under which it was asked for.
    """
    for attribute in ("__name__", "name"):
        # Looked up on the class first: asking a proxy for an attribute it does not have is a remote
        # call.
        if attribute in dir(type(function)) or attribute in getattr(function, "__dict__", {}):
            name = getattr(function, attribute, None)
            if isinstance(name, str) and all(part.isidentifier() for part in name.split(".")):
                return name
    return "the function"


def site_of(error: BaseException) -> str:
    """Return file and line of a remote exception as words.

    They are like `` (layers.py, line 12)``, and empty where unknown.
    """
    frames = getattr(getattr(error, "remote", None), "frames", None) or ()
    if not frames:
        return ""
    return f" ({frames[-1].file}, line {frames[-1].line})"


Measure = Callable[[int], Work | None] | tuple[Function, Callable[[int], Sequence[Any]]]


@takes(function=wanted.OF_SUBMISSION)
def work_of(function: Function, *args: Any, **kwargs: Any) -> Work | None:
    """Call a function of the submission and return its work.

    It is not counted as a check.
    """
    observed = observe(function, count_work=True)
    observed(*args, **kwargs)
    work: Work | None = observed.testimony.work
    return work


@counted_check
@takes(
    measure=wanted.MEASURE,
    sizes=wanted.SIZES,
    max_ratio=wanted.RATIO,
    name=wanted.TEXT | wanted.NONE,
    axis=wanted.TEXT,
)
def assert_vectorised(
    measure: Measure,
    sizes: Sequence[int],
    *,
    max_ratio: float = 1.2,
    name: str | None = None,
    axis: str = "the input",
) -> None:
    """Check that a function's work does not grow with its input.

    It must run the same lines and turns of loops.

    Parameters
    ----------
    measure
        A function of the submission and one that makes its arguments from a size; or a
        function from a size to the work of a call, written with `work_of`.
    sizes
        At least two, growing.
    max_ratio
        Largest growth from one size to the next. A loop that doubles reaches nearly 2,
        a few lines that depend on the values reach 1.1.
    name
        What the student calls the function.
    axis
        What grows, in words: ``"N"``.

    Raises
    ------
    CheckFailed
        Of kind "work".

    Examples
    --------
    ::

        assert_vectorised((submission.affine_forward, lambda n: (rng.normal(size=(n,
        4)), w, b)), sizes=(8, 16, 32))
    """
    called = _called(measure, name)
    counts = _counts(measure, sizes, called)
    for (small, less), (large, more) in itertools.pairwise(counts):
        if more > max_ratio * less:
            raise CheckFailed(
                f"{called} loops in Python over {axis}: {less} executed lines and loop turns at "
                f"size {small}, "
                f"{more} at size {large}; it should stay below {max_ratio:g} times as many.",
                "work",
                _evidence(called, counts),
            )


@counted_check
@takes(
    measure=wanted.MEASURE,
    sizes=wanted.SIZES,
    slack=wanted.RATIO,
    name=wanted.TEXT | wanted.NONE,
)
def assert_linear(
    measure: Measure, sizes: Sequence[int], *, slack: float = 1.1, name: str | None = None
) -> None:
    """Check that a function's work grows no faster than its input.

    Parameters
    ----------
    measure, sizes, name
        As for `assert_vectorised`.
    slack
        The work may grow by this much more than the size: with 1.1, at most 2.2 times
        when the size doubles.

    Raises
    ------
    CheckFailed
        Of kind "work".
    """
    called = _called(measure, name)
    counts = _counts(measure, sizes, called)
    for (small, less), (large, more) in itertools.pairwise(counts):
        allowed = slack * large / small
        if more > allowed * less:
            raise CheckFailed(
                f"{called} does more than linear work: {less} executed lines and loop turns at "
                f"size {small}, "
                f"{more} at size {large}; at most {allowed:.3g} times as many are linear.",
                "work",
                _evidence(called, counts),
            )


def _called(measure: Measure, name: str | None) -> str:
    if name is not None:
        return name
    return name_of(measure[0]) if isinstance(measure, tuple) else "the function"


def _counts(measure: Measure, sizes: Sequence[int], called: str) -> list[tuple[int, int]]:
    """Return size and work, smallest first."""
    counts = [(size, _total(_measured(measure, size), called)) for size in sizes]
    if not any(total for _, total in counts):
        note(f"{called} ran no line of Python of its own")
    return counts


def _measured(measure: Measure, size: int) -> Work | None:
    if isinstance(measure, tuple):
        function, make_arguments = measure
        return work_of(function, *make_arguments(size))
    return measure(size)


def _total(work: Work | None, called: str) -> int:
    if work is None:
        raise CheckFailed(f"{called}: its work could not be counted.", "work")
    return int(work.lines) + int(work.turns)


def _evidence(called: str, counts: list[tuple[int, int]]) -> Data:
    return {"name": called, **{f"work at size {size}": total for size, total in counts}}


@counted_check
@takes(
    counted_calls=wanted.CALLS,
    at_most=wanted.whole(0) | wanted.NONE,
    at_least=wanted.whole(0) | wanted.NONE,
    exactly=wanted.whole(0) | wanted.NONE,
    name=wanted.TEXT,
)
def assert_calls(
    counted_calls: object,
    *,
    at_most: int | None = None,
    at_least: int | None = None,
    exactly: int | None = None,
    name: str = "the function",
) -> None:
    """Check how often something was called.

    It is a recording stub (by its ``calls``), or a number that was counted outside.

    Raises
    ------
    CheckFailed
        Of kind "work".

    Examples
    --------
    >>> assert_calls(20, at_most=20, name="forward")
    >>> assert_calls(9, exactly=8, name="eps_model")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: eps_model was called 9 times, expected exactly 8.
    """
    if at_most is None and at_least is None and exactly is None:
        raise refuse("assert_calls", "one of at_most, at_least and exactly must be given, got none")
    calls = _number_of_calls(counted_calls)
    for word, bound, holds in (
        ("exactly", exactly, calls == exactly),
        ("at most", at_most, at_most is None or calls <= at_most),
        ("at least", at_least, at_least is None or calls >= at_least),
    ):
        if bound is not None and not holds:
            times = "once" if calls == 1 else f"{calls} times"
            raise CheckFailed(f"{name} was called {times}, expected {word} {bound}.", "work")


def _number_of_calls(counted_calls: Any) -> int:
    calls = getattr(counted_calls, "calls", counted_calls)
    return len(calls) if isinstance(calls, (list, tuple)) else int(calls)
