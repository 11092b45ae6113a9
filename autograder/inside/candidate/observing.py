"""Calls under the options that a rubric asked for, and their work.

A call's observations are testimony, which a student could fake.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograder.inside.loading.failures import MAX_LINE_CHARS, clip
from autograder.inside.loading.shell import Names
from autograder.wire.values import Kwargs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from types import CodeType, FrameType


_CO_GENERATOR = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator
# code of their own up to Python 3.11
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
_LAST = sys.maxsize


class WorkCounter:
    """A counter of the submission's work while it is entered.

    Code is the submission's if it runs with the globals of one of its modules.

    Parameters
    ----------
    namespaces
        The globals of the submission's modules.

    Attributes
    ----------
    lines
        Lines that were begun.
    turns
        Turns of loops after the first: jumps backwards, and the steps of generators.
    """

    def __init__(self, namespaces: Collection[Names]) -> None:
        self.lines = 0
        self.turns = 0
        self._namespaces = frozenset(map(id, namespaces))
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._enter_frame)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter_frame(
        self, frame: FrameType, _event: str, _arg: object
    ) -> Callable[..., Any] | None:
        if id(frame.f_globals) not in self._namespaces:
            return None
        last = _starting_point(frame.f_code)

        def count(frame: FrameType, event: str, _arg: object) -> Any:
            nonlocal last
            if event == "line":
                at = frame.f_lasti
                if last is None:
                    pass
                elif at <= last:
                    self.turns += 1
                else:
                    self.lines += 1
                last = at
            return count

        return count


def _starting_point(code: CodeType) -> int | None:
    """Return the position before the first line of a frame.

    A generator's step is a turn. A comprehension's own line is counted already.
    """
    if code.co_name in _COMPREHENSIONS:
        return None
    return _LAST if code.co_flags & _CO_GENERATOR else -1


MAX_WARNINGS = 100

Testimony = dict[str, Any]


class ObservedCall:
    """One call with its options.

    Parameters
    ----------
    options
        ``errstate`` (arguments of `numpy.errstate`; NumPy's warnings are then errors, too),
        ``count_work``, ``recursion_limit`` (frames below the call), ``arguments`` (tell them as
        they are afterwards), ``warnings`` (tell them).
    namespaces
        The globals of the submission's modules.

    Attributes
    ----------
    testimony
        What was seen, complete once `run` has returned or raised.
    """

    def __init__(self, options: Mapping[str, Any], namespaces: Collection[Names]) -> None:
        self._options = options
        self._namespaces = namespaces
        self.testimony: Testimony = {}

    def run(self, function: Callable[..., Any], args: list[Any], kwargs: Kwargs) -> Any:
        """Call the function."""
        try:
            with contextlib.ExitStack() as stack:
                self._prepare(stack)
                return function(*args, **kwargs)
        finally:
            if self._options.get("arguments"):
                self.testimony["arguments"] = [args, kwargs]

    def _prepare(self, stack: contextlib.ExitStack) -> None:
        options = self._options
        if options.get("warnings") or options.get("errstate") is not None:
            stack.enter_context(warnings.catch_warnings())
        if options.get("warnings"):
            self._collect_warnings()
        if options.get("errstate") is not None:
            warnings.simplefilter("error", RuntimeWarning)
            stack.enter_context(np.errstate(**options["errstate"]))
        if options.get("recursion_limit") is not None:
            stack.enter_context(_recursion_limit(options["recursion_limit"]))
        if options.get("count_work"):
            stack.enter_context(self._counted())

    def _collect_warnings(self) -> None:
        seen: list[str] = []
        self.testimony["warnings"] = seen

        def keep(
            message: Warning | str, category: type[Warning], *_args: object, **_kwargs: object
        ) -> None:
            if len(seen) < MAX_WARNINGS:
                seen.append(clip(f"{category.__name__}: {message}", MAX_LINE_CHARS))

        warnings.simplefilter("always")
        warnings.showwarning = keep  # restored by catch_warnings

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        counter = WorkCounter(self._namespaces)
        try:
            with counter:
                yield
        finally:
            self.testimony["work"] = [counter.lines, counter.turns]


@contextlib.contextmanager
def _recursion_limit(frames: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(_depth() + frames)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _depth() -> int:
    frame = sys._getframe()  # noqa: SLF001
    depth = 0
    while frame is not None:
        depth += 1
        frame = frame.f_back  # type: ignore[assignment]
    return depth
