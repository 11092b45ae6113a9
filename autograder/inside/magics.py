r"""Notebook commands in Python code become calls of an inert ``get_ipython()``; every line keeps its number.

::

    %matplotlib inline        get_ipython().run_line_magic('matplotlib', 'inline')
    !pip install numpy        get_ipython().system('pip install numpy')
    files = !ls               files = get_ipython().getoutput('ls')
    x = %env HOME             x = get_ipython().run_line_magic('env', 'HOME')
    affine_forward?           get_ipython().run_line_magic('pinfo', 'affine_forward')
    %time y = f(x)            y = f(x)

One pass over the lines with a scanner that knows strings, brackets and comments: time linear in the text. (IPython's
own transformer starts again after every command.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_SPECIAL = re.compile(r"[\"'#()\[\]{}\\]")
_TARGETS = re.compile(r"[^\W\d][\w.\[\]'\", \t]*")
_LINE_MAGIC = re.compile(r"%{1,2}(?P<name>[^\W\d][\w.]*)[ \t]*")
_HELP_BEFORE = re.compile(r"\?{1,2}[ \t]*(?P<name>%{0,2}[^\W\d][\w.*]*)[ \t;]*")
_HELP_BEHIND = re.compile(r"(?P<name>%{0,2}[^\W\d][\w.*]*)\?{1,2}[ \t;]*")

#: Line magics whose argument is the student's own code, run in the notebook's namespace.
_RUNS_ITS_LINE = frozenset({"time"})


@dataclass
class Translation:
    """Python without notebook commands.

    Attributes
    ----------
    source
        As many lines as there were.
    commands
        The commands that do nothing here, as they were written.
    """

    source: str
    commands: list[str] = field(default_factory=list)


class _Scanner:
    """Knows after each line whether the next one begins a statement."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._is_continued = False

    @property
    def is_at_statement(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self._depth or self._quote or self._is_continued)

    def read(self, line: str) -> None:
        """Account for one line."""
        self._is_continued = False
        place = self._end_of_string(line, 0) if self._quote else 0
        while place is not None and (special := _SPECIAL.search(line, place)):
            place = self._after(line, special.start())

    def _after(self, line: str, place: int) -> int | None:
        """Go past the special character at `place`; None when the line is done."""
        character = line[place]
        if character == "#":
            return None
        if character == "\\":
            self._is_continued = place == len(line) - 1
        elif character in "([{":
            self._depth += 1
        elif character in ")]}":
            self._depth = max(0, self._depth - 1)
        else:
            self._quote = character * 3 if line.startswith(character * 3, place) else character
            return self._end_of_string(line, place + len(self._quote))
        return place + 1

    def _end_of_string(self, line: str, place: int) -> int | None:
        """Go past the end of the string that is open; None if it does not end on this line."""
        end = re.compile(rf"\\.|{self._quote}")
        while found := end.search(line, place):
            place = found.end()
            if not found[0].startswith("\\"):
                self._quote = ""
                return place
        if len(self._quote) == 1 and not line.endswith("\\"):
            self._quote = ""  # an error of syntax, which ends with its line
        return None


def translate(source: str) -> Translation:
    """Translate the notebook commands of a cell or script; what is Python already stays as it is."""
    scanner = _Scanner()
    lines = source.split("\n")
    out: list[str] = []
    commands: list[str] = []
    while len(out) < len(lines):
        line = lines[len(out)]
        translated = _statement(lines, len(out)) if scanner.is_at_statement else None
        if translated is None:
            scanner.read(line)
            out.append(line)
            continue
        code, used, is_inert = translated
        if is_inert:
            commands.append(line.strip())
        scanner.read(code)
        out += [code, *[""] * (used - 1)]
    return Translation("\n".join(out), commands)


def _statement(lines: Sequence[str], first: int) -> tuple[str, int, bool] | None:
    """Translate the statement that begins on a line: its code, the lines it took, and whether it does nothing."""
    line = lines[first]
    code = line.lstrip(" \t\f")
    indent = line[: len(line) - len(code)]
    if found := _HELP_BEFORE.fullmatch(code) or _HELP_BEHIND.fullmatch(code):
        return indent + _call("run_line_magic", "pinfo", found["name"]), 1, True
    if code[:1] in ("%", "!"):
        text, used = _joined(code, lines, first)
        call, is_inert = _command(text)
        return (indent + call, used, is_inert) if call else None
    return _assignment(lines, first)


def _assignment(lines: Sequence[str], first: int) -> tuple[str, int, bool] | None:
    target, equals, value = lines[first].partition("=")
    value = value.lstrip(" \t")
    if not equals or value[:1] not in ("%", "!") or not _TARGETS.fullmatch(target.strip()):
        return None
    text, used = _joined(value, lines, first)
    if text.startswith("!"):
        return f"{target}= {_call('getoutput', text[1:].strip())}", used, True
    call, is_inert = _command(text)
    return (f"{target}= {call}", used, is_inert) if call else None


def _joined(code: str, lines: Sequence[str], first: int) -> tuple[str, int]:
    """Join a command with the lines that its backslashes continue."""
    parts = [code]
    while parts[-1].endswith("\\") and first + len(parts) < len(lines):
        parts[-1] = parts[-1][:-1]
        parts.append(lines[first + len(parts)])
    return "".join(parts), len(parts)


def _command(text: str) -> tuple[str, bool]:
    """Translate a command that stands by itself: its code, empty if it is none, and whether that does nothing."""
    if text.startswith("!!"):
        return _call("getoutput", text[2:].strip()), True
    if text.startswith("!"):
        return _call("system", text[1:].strip()), True
    magic = _LINE_MAGIC.match(text)
    if magic is None:
        return "", False
    argument = text[magic.end() :].rstrip()
    if magic["name"] in _RUNS_ITS_LINE and argument and not argument.startswith("-"):
        return argument, False
    return _call("run_line_magic", magic["name"], argument), True


def _call(method: str, *arguments: str) -> str:
    return f"get_ipython().{method}({', '.join(map(repr, arguments))})"
