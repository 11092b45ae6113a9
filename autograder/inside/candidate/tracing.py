"""Counter of the work of a call.

Work is executed lines and loop turns of the submission's own code.

`sys.settrace` reports a line when it begins *and* at each jump backwards, on every version of
Python that we support: one-line loops and comprehensions are seen too, inlined (3.12 and later) or
not. Iteration inside C (`map`, `np.vectorize`) is invisible to any tracer.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import CodeType, FrameType

_CO_GENERATOR = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})  # code of their own up to Python 3.11
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

    def __init__(self, namespaces: Collection[dict[str, Any]]) -> None:
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

    def _enter_frame(self, frame: FrameType, _event: str, _arg: object) -> Callable[..., Any] | None:
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
