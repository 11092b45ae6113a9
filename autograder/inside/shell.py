"""The notebook shell that code of a notebook asks for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Magics around code of the student's, which is run without them.
_WRAPPERS = frozenset({"time", "timeit", "capture", "prun"})


class InertShell:
    """What ``get_ipython()`` is here: accepts everything and does nothing, but for the code inside ``%%time`` and the like.

    Scripts that were exported from a notebook carry such a cell as a text.
    """

    def run_cell_magic(self, name: str, _line: str = "", cell: str = "", /) -> None:
        """Run the body of a cell whose magic only wraps it."""
        if name in _WRAPPERS:
            _run_in_caller(cell)

    def run_line_magic(self, name: str, line: str = "", *_: object) -> None:
        """Run the statement of a line whose magic only wraps it."""
        if name in _WRAPPERS:
            _run_in_caller(line)

    def getoutput(self, *_: object) -> list[str]:
        """No command is run, so there are no lines."""
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _run_in_caller(code: str) -> None:
    """Run code as if it stood in the module that called the shell."""
    frame = sys._getframe(2)  # noqa: SLF001  # the module's own frame
    exec(compile(code, frame.f_code.co_filename, "exec"), frame.f_globals)  # noqa: S102  # it is the submission's


def _nothing(*_args: object, **_kwargs: object) -> None:
    return None
