"""Syntax of a newer Python or of Python 2, found without either.

The scanner knows strings, comments and brackets, and no grammar: it reads what the running Python
cannot parse, and it says what is likely. It covers what came after Python 3.11: f-strings of 3.12,
type parameters and `type` statements, defaults of type parameters (3.13), `except` without
parentheses and t-strings (3.14).
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.mistaken import find_leftover

__all__ = [
    "PYTHON_2",
    "describe_newer_syntax",
    "describe_older_syntax",
    "explain_syntax_error",
    "find_newer_syntax",
    "graded_by",
]

Version = tuple[int, int]
PYTHON_2 = "Python 2"

_PREFIXES = frozenset({"r", "b", "u", "f", "t", "rb", "br", "rf", "fr", "rt", "tr"})
_QUOTES = ('"""', "'''", '"', "'")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_WORD = re.compile(r"\w+")
_LINE = re.compile(r"^[ \t]*(?=[a-z])", re.MULTILINE)
_MAX_NESTING = 40
#: Where submissions are graded, this Python is the one that does.
_grading: Version | None = (sys.version_info[0], sys.version_info[1])
# Matched where a line of code begins, with strings and comments blanked out.
_STATEMENTS: Sequence[tuple[Version, str, re.Pattern[str]]] = (
    (
        (3, 13),
        "a default of a type parameter",
        re.compile(
            r"(?:(?:async )?def|class|type)[ \t]+\w+[ \t]*\[[^\]()=]{0,300}=[^\]()]{0,300}\]"
        ),
    ),
    (
        (3, 12),
        "a list of type parameters",
        re.compile(r"(?:(?:async )?def|class)[ \t]+\w+[ \t]*\["),
    ),
    (
        (3, 12),
        "a `type` statement",
        re.compile(r"type[ \t]+\w+[ \t]*(?:\[[^\]]{0,600}\][ \t]*)?=(?!=)"),
    ),
    (
        (3, 14),
        "`except A, B:` without parentheses",
        re.compile(r"except[ \t]*\*?[ \t]*[\w.]+[ \t]*(?:,[ \t]*[\w.]+[ \t]*)+:"),
    ),
)

# Likewise, matched in the source itself, so that a string can follow.
_EXCEPT_2 = re.compile(
    r"except[ \t]*(?P<error>[\w.]+|\([\w., \t]{1,300}\))[ \t]*,[ \t]*(?P<name>[A-Za-z_]\w*)[ \t]*:"
)
_PYTHON_2: Sequence[tuple[re.Pattern[str], str, str]] = (
    (
        re.compile(
            r"print[ \t]+(?!(?:and|or|in|is|if|else|not|for)\b)(?:[\w'\"]|>>[ \t]*[\w.]+[ \t]*,)",
            re.MULTILINE,
        ),
        "`print` without parentheses",
        "write `print(...)`",
    ),
    (
        re.compile(r"raise[ \t]+(?P<error>[\w.]+)[ \t]*,[ \t]*\S"),
        "`raise {error}, ...`",
        "write `raise {error}(...)`",
    ),
    (
        re.compile(r"exec[ \t]+(?!(?:and|or|in|is|if|else|not|for)\b)[\w'\"]"),
        "`exec` without parentheses",
        "write `exec(...)`",
    ),
)
# Anywhere in code, with strings and comments blanked out.
_PYTHON_2_SIGNS: Sequence[tuple[str, str, str]] = (
    ("`", "an expression in backticks", "write `repr(...)`"),
    ("<>", "the operator `<>`", "write `!=`"),
)


@dataclass(frozen=True, slots=True)
class NewerSyntax:
    """A place that an older Python refuses.

    Attributes
    ----------
    version
        The first Python that accepts it.
    what
        The syntax, in words that a sentence can begin with.
    line
        Counted from 1.
    remedy
        What makes every version accept it, where that is a matter of a few letters.
    """

    version: Version
    what: str
    line: int
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.what} needs Python {_text(self.version)} or newer (line {self.line})"

    @property
    def advice(self) -> str:
        """The remedy, as the end of a sentence."""
        return f": {self.remedy}" if self.remedy else ""


class _UnreadableError(Exception):
    """The rest of a source is no Python of any version."""


@dataclass
class _Scanner:
    """Reads one source once, from left to right."""

    source: str
    place: int = 0
    found: list[tuple[int, Version, str, str]] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)

    def scan(self, version: Version) -> NewerSyntax | None:
        """Find the first place that a version refuses."""
        try:
            while self.place < len(self.source):
                self._step()
        except _UnreadableError:
            self.blanks.append((self.place, len(self.source)))
        refused = [one for one in (*self.found, *self._statements()) if one[1] > version]
        if not refused:
            return None
        place, needed, what, remedy = min(refused)
        return NewerSyntax(needed, what, self.source.count("\n", 0, place) + 1, remedy)

    def _step(self) -> None:
        """Read a comment, a string, a word or another character."""
        letter, start = self.source[self.place], self.place
        if letter == "#":
            end = self.source.find("\n", start)
            self.place = len(self.source) if end < 0 else end
            self.blanks.append((start, self.place))
        elif self._string(()):
            self.blanks.append((start, self.place))
        else:
            word = _WORD.match(self.source, start)
            self.place = word.end() if word else start + 1

    def scan_older(self) -> tuple[int, str, str] | None:
        """Find the first place that only Python 2 reads.

        Returns its line, its kind, and the code to write instead.
        """
        with contextlib.suppress(_UnreadableError):
            while self.place < len(self.source):
                self._step()
        self.blanks.append((self.place, len(self.source)))
        found = sorted(self._older(self._code()))
        if not found:
            return None
        place, what, remedy = found[0]
        return self.source.count("\n", 0, place) + 1, what, remedy

    def _older(self, code: str) -> Iterator[tuple[int, str, str]]:
        doubtful: list[
            tuple[int, str, str]
        ] = []  # Python 3.14 reads these, too, as several exceptions
        is_sure = False
        for line in _LINE.finditer(code):
            place = line.end()
            if match := _EXCEPT_2.match(code, place):
                error, name = match["error"], match["name"]
                doubtful.append(
                    (place, f"`except {error}, {name}:`", f"write `except {error} as {name}:`")
                )
                is_sure = is_sure or name == name.lower()
            for pattern, what, remedy in _PYTHON_2:
                if match := pattern.match(self.source, place):
                    is_sure = True
                    yield (
                        place,
                        what.format(**match.groupdict()),
                        remedy.format(**match.groupdict()),
                    )
        for sign, what, remedy in _PYTHON_2_SIGNS:
            if (place := code.find(sign)) >= 0:
                is_sure = True
                yield place, what, remedy
        if is_sure:
            yield from doubtful

    # strings --------------------------------------------------------------------------------------

    def _string(self, outer: tuple[str, ...]) -> bool:
        """Read a string if one begins here.

        `outer` are the quotes of the f-strings around it.
        """
        word = _WORD.match(self.source, self.place)
        prefix = word[0].lower() if word else ""
        start = word.end() if word else self.place
        quote = next((one for one in _QUOTES if self.source.startswith(one, start)), None)
        if quote is None or (prefix and prefix not in _PREFIXES):
            return False
        begin, self.place = self.place, start + len(quote)
        if "t" in prefix:
            self.found.append((begin, (3, 14), "a t-string", ""))
        if "f" in prefix or "t" in prefix:
            if len(outer) >= _MAX_NESTING:
                raise _UnreadableError
            self._formatted(begin, quote, outer, is_raw="r" in prefix)
        else:
            self._plain(quote)
        return True

    def _plain(self, quote: str) -> None:
        while not self.source.startswith(quote, self.place):
            self._literal_letter(quote)
        self.place += len(quote)

    def _literal_letter(self, quote: str) -> None:
        """Read one character of a string's text.

        A backslash takes the next one along.
        """
        if self.place >= len(self.source) or (len(quote) == 1 and self.source[self.place] == "\n"):
            raise _UnreadableError
        self.place += 2 if self.source[self.place] == "\\" else 1

    def _formatted(self, begin: int, quote: str, outer: tuple[str, ...], *, is_raw: bool) -> None:
        while not self.source.startswith(quote, self.place):
            if self.source.startswith(("{{", "}}"), self.place):
                self.place += 2
            elif not is_raw and self.source.startswith("\\N{", self.place):
                self.place = self.source.find("}", self.place) + 1 or len(self.source)
            elif self.source[self.place : self.place + 1] == "{":
                self._field(begin, (*outer, quote), 0)
            else:
                self._literal_letter(quote)
        self.place += len(quote)

    def _field(self, begin: int, quotes: tuple[str, ...], level: int) -> None:
        """Read a replacement field of an f-string.

        Its form is ``{expression!r:format}``. Python 3.11 has several things against the
        expression.
        """
        self.place, depth = self.place + 1, 0
        while self.place < len(self.source):
            letter, start = self.source[self.place], self.place
            if depth == 0 and letter == "}":
                self.place += 1
                return
            if depth == 0 and letter == ":":
                self._format(begin, quotes, level)
                return
            if letter == "#":
                self._note(begin)
                end = self.source.find("\n", start)
                self.place = len(self.source) if end < 0 else end
            elif self._string(quotes):
                text = self.source[start : self.place]
                if "\\" in text:
                    self._note(begin)
                elif any(quote in text for quote in quotes):
                    self._note(begin, "use other quotes inside the braces")
            else:
                is_line_end = letter == "\n" and any(len(quote) == 1 for quote in quotes)
                if letter == "\\" or is_line_end:
                    self._note(begin)
                depth += (letter in _OPENING) - (letter in _CLOSING)
                if depth < 0:
                    raise _UnreadableError
                word = _WORD.match(self.source, start)
                self.place = word.end() if word else start + 1
        raise _UnreadableError

    def _format(self, begin: int, quotes: tuple[str, ...], level: int) -> None:
        """Read a format, up to the brace that closes its field."""
        self.place += 1
        while not self.source.startswith("}", self.place):
            if self.source.startswith("{", self.place):
                if level == 1:  # {x:{width:{0}}}
                    self._note(begin)
                if level >= _MAX_NESTING:
                    raise _UnreadableError
                self._field(begin, quotes, level + 1)
            elif self.source.startswith(quotes[-1], self.place):
                raise _UnreadableError
            else:
                self._literal_letter(quotes[-1])
        self.place += 1

    def _note(self, begin: int, remedy: str = "") -> None:
        self.found.append((begin, (3, 12), "this f-string", remedy))

    # statements -----------------------------------------------------------------------------------

    def _code(self) -> str:
        """Return the source with its strings and comments blanked out."""
        code = list(self.source)
        for start, end in self.blanks:
            code[start:end] = [letter if letter == "\n" else " " for letter in code[start:end]]
        return "".join(code)

    def _statements(self) -> Iterator[tuple[int, Version, str, str]]:
        text = self._code()
        for line in _LINE.finditer(text):
            for version, what, pattern in _STATEMENTS:
                if pattern.match(text, line.end()):
                    yield line.end(), version, what, ""
                    break


def find_newer_syntax(source: str, version: Version) -> NewerSyntax | None:
    """Find the first place that a version of Python refuses.

    The version is 3.11 or newer.

    Parameters
    ----------
    source
        A file, or a cell of a notebook. It may be no Python at all.
    version
        Such as ``(3, 11)``.

    Examples
    --------
    >>> str(find_newer_syntax('print(f"{names["a"]}")', (3, 11)))
    'this f-string needs Python 3.12 or newer (line 1)'
    """
    return _Scanner(source.replace("\r\n", "\n").replace("\r", "\n")).scan(version)


def describe_older_syntax(source: str) -> tuple[str, str] | None:
    """Describe code that only Python 2 reads, or return None.

    Returns a clause and the code to write instead.

    Examples
    --------
    >>> describe_older_syntax("print 'x'")
    ('`print` without parentheses is Python 2 (line 1)', 'write `print(...)`')
    """
    found = _Scanner(source.replace("\r\n", "\n").replace("\r", "\n")).scan_older()
    return None if found is None else (f"{found[1]} is {PYTHON_2} (line {found[0]})", found[2])


def describe_newer_syntax(source: str, version: Version) -> str | None:
    """Describe code that a version of Python refuses, or return None.

    The description is a clause.
    """
    found = find_newer_syntax(source, version)
    return None if found is None else str(found)


@contextlib.contextmanager
def graded_by(version: Version | None) -> Iterator[None]:
    """Name the Python that grades, while a student checks at home.

    None means that it is not known.
    """
    global _grading  # noqa: PLW0603  # of the process, in which threads load one student's files
    before, _grading = _grading, version
    try:
        yield
    finally:
        _grading = before


def explain_syntax_error(message: str, source: str) -> str:
    """Add an explanation to the message of a syntax error.

    It names a remnant in the source, or another Python that would accept the source.
    """
    leftover = find_leftover(source, _error_line(source), message)
    if leftover is not None:
        return f"{message}: {leftover.sentence}"
    running = (sys.version_info[0], sys.version_info[1])
    older = describe_older_syntax(source)
    if older is not None:
        what, remedy = older
        grades = "" if _grading is None else f", and grading runs Python {_text(_grading)}"
        return f"{message}: {what}{grades}: {remedy}"
    found = find_newer_syntax(source, running)
    if found is None:
        return message
    grades = "" if _grading is None else f"grading runs Python {_text(_grading)}"
    here = "" if _grading == running else f"this is Python {_text(running)}"
    return f"{message}: {found}, and {' while '.join(filter(None, (here, grades)))}{found.advice}"


def _error_line(source: str) -> int:
    """Return the line of Python's syntax error, or 0.

    It is 0 where there is no line to tell.
    """
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        pass
    return 0


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
