r"""Translation of a notebook's cell to Python, as in IPython.

Every line keeps its number.

Common indentation and pasted prompts go away, a cell magic decides what becomes of the cell, and
`autograder.inside.reading.notebook.magics` translates the lines::

    >>> x = 1            x = 1
    %%time               (an empty line; the body is the student's code)
    %%bash               the cell is not run
    %%writefile a.py     the body is a file's text
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.notebook.effects import BODY_MAGICS
from autograder.inside.reading.notebook.magics import (
    MAX_PARSED_CHARS,
    Scanner,
    is_python,
    translate,
    translate_bare,
    without_options,
)

MAX_CELL_MAGICS = 8

_CELL_MAGIC = re.compile(r"[ \t]*%%[ \t]*(?P<name>!|[^\W\d][\w.]*)[ \t]*(?P<arguments>[^\n]*)")
_WRITE_A_FILE = frozenset({"file", "writefile"})
_SETUP_MAGICS = frozenset({"memit", "prun", "time", "timeit"})

#: Body magics that change more than the time of a cell: the shell is told where the body begins and
#: ends.
_FRAMED_MAGICS = frozenset({"capture", "timeit"})

#: Databricks names the language of a cell with one percent sign.
_LANGUAGE = re.compile(r"%(?P<name>fs|md|r|scala|sh|sql)(?:[ \t]+|$)")
_LANGUAGE_PYTHON = re.compile(r"%python[ \t]*$")

_PYTHON_PROMPT = re.compile(r"[ \t]*>>>(?: |$)")
_PYTHON_MORE = re.compile(r"[ \t]*\.\.\.(?: |$)")
_SHELL_PROMPT = re.compile(r"(?:(?:\[(?:nav|ins)\])? )?In \[\d+\]: |\s*\.{3,}: ?")


_MAIN = re.compile(
    r"^(?P<begin>if[ \t]*\(?[ \t]*)__name__(?P<end>[ \t]*==[ \t]*['\"]__main__['\"])", re.MULTILINE
)


@dataclass
class CodeCell:
    """A code cell.

    Attributes
    ----------
    source
        Python; empty for a cell that is not run.
    commands
        Notebook commands that do nothing here, as they were written.
    skipped_by
        The cell magic that keeps the cell from running, with its percent signs.
    written
        Texts by the file names that ``%%writefile`` gives, in order, and True if a text is
        appended.
    """

    source: str
    commands: list[str] = field(default_factory=list)
    skipped_by: str = ""
    written: list[tuple[str, str, bool]] = field(default_factory=list)


def read_cell(text: str, declared: Collection[str] = ()) -> CodeCell:
    """Translate a code cell.

    Parameters
    ----------
    text
        As the notebook holds it, with line feeds.
    declared
        File names that a cell becomes by ``%%writefile`` instead of being run.
    """
    lines = _without_prompts(_dedented(text).split("\n"))
    ends: list[str] = []
    done = 0
    for _ in range(MAX_CELL_MAGICS):
        found = _cell_magic(lines, done)
        if found is None:
            break
        place, magic = found
        name, arguments = magic["name"], magic["arguments"].rstrip()
        if name in _WRITE_A_FILE:
            return _file_cell(lines, place, arguments, declared)
        if name not in BODY_MAGICS:
            return CodeCell("", skipped_by=f"%%{name}")
        lines[place] = _prologue(name, arguments)
        if name in _FRAMED_MAGICS:
            ends.append("get_ipython().leave_cell_magic()")
        done = place + 1
        lines[done:] = _without_prompts(_dedented("\n".join(lines[done:])).split("\n"))
    return _python_cell(lines, ends)


def _python_cell(lines: list[str], ends: Sequence[str]) -> CodeCell:
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if _LANGUAGE_PYTHON.match(lines[first]):
        lines[first] = ""
    source = "\n".join(lines)
    if not any(line.strip() for line in [*lines[:first], *lines[first + 1 :]]):
        bare = translate_bare(lines[first].rstrip())
        if bare is not None:
            lines[first] = bare.source
            return CodeCell("\n".join([*lines, *ends]), bare.commands)
    language = _LANGUAGE.match(lines[first])
    if language and language["name"] != "sql":
        return CodeCell("", skipped_by=f"%{language['name']}")
    translation = translate(source)
    if language and len(source) <= MAX_PARSED_CHARS and not is_python(translation.source):
        return CodeCell("", skipped_by="%sql")
    return CodeCell("\n".join([_as_main(translation.source), *ends]), translation.commands)


def _as_main(source: str) -> str:
    """Let the main block of a cell run.

    In Jupyter, a notebook is ``__main__``.
    """
    if not _MAIN.search(source):
        return source
    scanner, out = Scanner(), []
    for line in source.split("\n"):
        out.append(
            _MAIN.sub(r"\g<begin>'__main__'\g<end>", line) if scanner.is_at_statement else line
        )
        scanner.read(line)
    return "\n".join(out)


def _cell_magic(lines: Sequence[str], begin: int) -> tuple[int, re.Match[str]] | None:
    """Find the magic that begins a cell.

    It may stand below empty lines and comments.
    """
    for place in range(begin, len(lines)):
        line = lines[place]
        if magic := _CELL_MAGIC.match(line):
            return None if line.rstrip().endswith("?") else (place, magic)
        if line.strip() and not line.lstrip().startswith("#"):
            break
    return None


def _prologue(name: str, arguments: str) -> str:
    """Return the code in place of a cell magic's line.

    The body of that magic is run.
    """
    options, setup = without_options(name, arguments) if name in _SETUP_MAGICS else (arguments, "")
    setup = setup if is_python(setup) else ""
    begin = (
        f"get_ipython().enter_cell_magic({name!r}, {options.strip()!r})"
        if name in _FRAMED_MAGICS
        else ""
    )
    return "; ".join(part for part in (begin, setup) if part)


# files --------------------------------------------------------------------------------------------


def _file_cell(
    lines: Sequence[str], place: int, arguments: str, declared: Collection[str]
) -> CodeCell:
    """Read a cell that is the text of a file.

    The text becomes a declared file. Any other file is written when the cell runs.
    """
    words = arguments.split()
    names = [word.strip("\"'") for word in words if not word.startswith("-")]
    if not names:
        return CodeCell("", skipped_by="%%writefile")
    is_appended = bool({"-a", "--append"} & set(words))
    body = "\n".join(lines[place + 1 :]).rstrip("\n") + "\n"
    base = re.split(r"[/\\]", names[-1])[-1]
    if base in declared:
        return CodeCell("", written=[(base, body, is_appended)])
    call = f"get_ipython().run_cell_magic('writefile', {arguments!r}, {body!r})"
    source = "\n".join([*[""] * place, call, *[""] * (len(lines) - place - 1)])
    return CodeCell(source, written=[(base, body, is_appended)] if base.endswith(".py") else [])


# indentation and prompts --------------------------------------------------------------------------


def _dedented(text: str) -> str:
    """Remove the indentation that all lines share."""
    begin = text.lstrip("\n")
    return textwrap.dedent(text) if begin[:1] in (" ", "\t") else text


def _without_prompts(lines: list[str]) -> list[str]:
    """Remove prompts of Python and IPython that were pasted with the code."""
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if any(_SHELL_PROMPT.match(line) for line in lines[first : first + 2]):
        found = [_SHELL_PROMPT.match(line) for line in lines]
        return [
            line[prompt.end() :] if prompt else line
            for line, prompt in zip(lines, found, strict=True)
        ]
    if not any(_PYTHON_PROMPT.match(line) for line in lines):
        return lines
    scanner, out, is_prompted = Scanner(), [], False
    for line in lines:
        prompt = (_PYTHON_PROMPT.match(line) if scanner.is_at_statement else None) or (
            _PYTHON_MORE.match(line) if is_prompted else None
        )
        is_prompted = prompt is not None
        code = line[prompt.end() :] if prompt else line
        scanner.read(code)
        out.append(code)
    return out
