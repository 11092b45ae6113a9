r"""Translation of notebook commands in Python code.

They become calls of ``get_ipython()``. Every line keeps its number.

::

    %matplotlib inline        get_ipython().run_line_magic('matplotlib', 'inline')
    !pip install numpy        get_ipython().system('pip install numpy')
    files = !ls               files = get_ipython().getoutput('ls')
    x = %env HOME             x = get_ipython().run_line_magic('env', 'HOME')
    affine_forward?           get_ipython().run_line_magic('pinfo', 'affine_forward')
    %time y = f(x)            y = f(x)
    %pylab inline             import numpy; import numpy as np; ...; get_ipython()...
    pip install numpy         get_ipython().run_line_magic('pip', 'install numpy')
    /f x y                    f(x, y)

One pass over the lines with a scanner that knows strings, brackets and comments: time linear in the
text. (IPython's own transformer starts again after every command.)
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.notebook.effects import BARE_MAGICS, BODY_MAGICS, EFFECTIVE_MAGICS

MAX_NESTED = 8
MAX_PARSED_CHARS = 10_000

_SPECIAL = re.compile(r"[\"'#()\[\]{}\\]")
_LINE_MAGIC = re.compile(r"%{1,2}[ \t]*(?P<name>[^\W\d][\w.]*)[ \t]*")
_AUTO_CALL = re.compile(r"(?P<sign>[,;/])(?P<name>[^\W\d][\w.]*)(?:[ \t]+(?P<arguments>.*))?$")
_BARE = re.compile(r"(?P<name>[a-z]\w*)[ \t]+(?P<arguments>[\w~'\".].*)")
_OPERATOR = re.compile(r"(?:and|else|for|if|in|is|not|or)\b")
_ASKED = re.compile(r"[\w.*\[\]%-]*")
_EQUALS_COMMAND = re.compile(r"=[ \t]*[%!]")
_SPECIAL_OR_EQUALS = re.compile(r"[\"'#()\[\]{}\\=]")
_RUN = re.compile(r"magic\(['\"](?:run['\"], ['\"]|%?run )([^\n]{0,300}?)['\"]\)")
_TRANSLATED = re.compile(
    r"get_ipython\(\)\.keep\(\((?P<value>.*)\), \d+\)"
    r"|(?P<target>[^=]*= )?get_ipython\(\)\."
    r"(?P<method>system|getoutput|magic|run_line_magic|run_cell_magic)"
    r"\((?P<arguments>.*)\)"
)
_COMPARISON = "=!<>:+-*/%@&|^"

#: Line magics whose argument is the student's own code, run in the notebook's namespace: their
#: options, of which the ones named here have a value.
_RUN_THEIR_LINE = {
    "lprun": "fmDTu",
    "memit": "rti",
    "mprun": "fTc",
    "prun": "lsTD",
    "timeit": "nrpv",
}
_OPTIONS = {
    **{
        name: re.compile(rf"(?:-(?:[{values}][ \t]*\S+|[a-zA-Z]+)(?:[ \t]+|$))*")
        for name, values in _RUN_THEIR_LINE.items()
    },
    "time": re.compile(r"(?:--no-raise-error\b[ \t]*)?"),
}

_PLOTS = (
    "annotate, axhline, axis, axvline, bar, boxplot, cla, clf, close, colorbar, contour, contourf, "
    "draw, errorbar, figure, "
    "fill_between, gca, gcf, grid, hist, imshow, legend, loglog, pcolormesh, pie, plot, quiver, "
    "savefig, scatter, semilogx, "
    "semilogy, show, subplot, subplots, subplots_adjust, suptitle, text, tight_layout, title, "
    "xlabel, xlim, xticks, ylabel, "
    "ylim, yticks"
)

#: What ``%pylab`` stands for: modules, and names that it takes from them.
PYLAB_MODULES = ("import numpy", "import numpy as np", "import matplotlib.pyplot as plt")
PYLAB_NAMES = (
    "import matplotlib",
    "from matplotlib import mlab, pylab, pyplot",
    f"from matplotlib.pyplot import {_PLOTS}",
    "from numpy.fft import *",
    "from numpy.random import *",
    "from numpy.linalg import *",
    "from numpy import *",
)


@dataclass
class Translation:
    """Python without notebook commands.

    Attributes
    ----------
    source
        As many lines as there were.
    commands
        The commands that do nothing here, as they were written.
    is_changed
        True if any line was a notebook command.
    """

    source: str
    commands: list[str] = field(default_factory=list)
    is_changed: bool = False


@dataclass(frozen=True)
class _Code:
    """Python that stands for a command.

    Attributes
    ----------
    text
        One line.
    lines
        The number of lines that the command took.
    inert
        The command as it was written, if it does nothing here.
    """

    text: str
    lines: int = 1
    inert: str = ""


class Scanner:
    """A scanner that finds the lines at which statements begin.

    It knows after each line.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._is_continued = False

    @property
    def is_at_statement(self) -> bool:
        """True if the next line begins a statement."""
        return not (self._depth or self._quote or self._is_continued)

    def read(self, line: str) -> None:
        """Account for one line."""
        self._is_continued = False
        place = self._end_of_string(line, 0) if self._quote else 0
        while place is not None and (special := _SPECIAL.search(line, place)):
            place = self._after(line, special.start())

    def _after(self, line: str, place: int) -> int | None:
        """Go past the special character at `place`.

        None means that the line is done.
        """
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
        """Go past the end of the open string.

        None means that the string does not end on this line.
        """
        end = re.compile(rf"\\.|{self._quote}")
        while found := end.search(line, place):
            place = found.end()
            if not found[0].startswith("\\"):
                self._quote = ""
                return place
        if len(self._quote) == 1 and not line.endswith("\\"):
            self._quote = ""  # an error of syntax, which ends with its line
        return None

    def find_equals(self, line: str) -> int | None:
        """Find the first sign of assignment outside brackets and strings."""
        place: int | None = 0
        while place is not None and (special := _SPECIAL_OR_EQUALS.search(line, place)):
            place = special.start()
            if line[place] != "=":
                place = self._after(line, place)
            elif (
                self._depth
                or line[place + 1 : place + 2] == "="
                or line[place - 1 : place] in _COMPARISON
            ):
                place += 2 if line[place + 1 : place + 2] == "=" else 1
            else:
                return place
        return None


def translate(source: str) -> Translation:
    """Translate the notebook commands of a cell or script."""
    scanner = Scanner()
    lines = source.split("\n")
    out: list[str] = []
    translation = Translation(source)
    while len(out) < len(lines):
        line = lines[len(out)]
        code = _statement(lines, len(out)) if scanner.is_at_statement else None
        if code is None:
            scanner.read(line)
            out.append(line)
            continue
        if code.inert:
            translation.commands.append(code.inert)
        translation.is_changed = True
        scanner.read(code.text)
        out += [code.text, *[""] * (code.lines - 1)]
    translation.source = "\n".join(out)
    return translation


def translate_bare(line: str) -> Translation | None:
    """Translate a cell's only line as a bare magic.

    A bare magic has no percent sign.

    A variable of the magic's name comes first, as in IPython. None if the line is no such magic.
    """
    words = re.match(r"(?P<name>[a-z]\w*)[ \t]*(?P<arguments>.*)", line)
    if words is None or words["name"] not in BARE_MAGICS or words["arguments"][:1] in ("=", ","):
        return None
    code, is_inert = _magic(f"%{line}")
    if not is_expression(line):
        return None if is_python(line) else Translation(code, [line] * is_inert, is_changed=True)
    if "#" in line:
        return None
    return Translation(f"({line}) if {words['name']!r} in globals() else {code}", is_changed=True)


def is_expression(text: str) -> bool:
    """Return True if a text is one Python expression.

    A very long one is not.
    """
    return len(text) <= MAX_PARSED_CHARS and _parses(text.strip(), "eval")


def is_python(text: str) -> bool:
    """Return True if a text is Python.

    A very long one is not.
    """
    return len(text) <= MAX_PARSED_CHARS and _parses(text, "exec")


def _parses(text: str, mode: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(
                text,
                "<cell>",
                mode,
                ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                dont_inherit=True,
            )
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return False
    return True


def as_written(line: str) -> str:
    """Return a translated line as its student wrote it, for messages."""
    found = _TRANSLATED.fullmatch(line)
    if found is None:
        return line
    if found["value"] is not None:
        return found["value"]
    command = _shown_command(found)
    return f"{found['target'] or ''}{command}" if command else line


def _shown_command(found: re.Match[str]) -> str:
    """Return the command behind a call of the shell.

    It is empty if the call's arguments are no texts.
    """
    try:
        words = [str(word) for word in ast.literal_eval(f"[{found['arguments']}]")]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ""
    sign = {"run_line_magic": "%", "magic": "%", "run_cell_magic": "%%"}.get(found["method"], "!")
    return f"{sign}{' '.join(words[:2]).strip().lstrip('%')}"


def exported_commands(source: str) -> list[str]:
    """Find the commands without effect in an exported script.

    The script was made of a notebook.
    """
    if "get_ipython()" not in source:
        return []
    lines = (line.strip() for line in source.split("\n"))
    found = [_TRANSLATED.fullmatch(line) for line in lines if "get_ipython()." in line]
    commands = [
        _shown_command(one) for one in found if one is not None and one["method"] is not None
    ]
    return [
        one for one in commands if one and _magic_name(one) not in EFFECTIVE_MAGICS | BODY_MAGICS
    ]


def _magic_name(command: str) -> str:
    magic = _LINE_MAGIC.match(command)
    return magic["name"] if magic else ""


def run_targets(source: str) -> set[str]:
    """Find the names of files that ``%run`` runs.

    The source is already translated.
    """
    words = [
        re.sub(r"^(?:-[a-zA-Z] +)+", "", line).partition(" ")[0] for line in _RUN.findall(source)
    ]
    names = [word.strip("\"'").replace("\\", "/").rpartition("/")[2] for word in words]
    return {
        name if name.endswith(".py") else f"{name.replace('.', '/').rpartition('/')[2]}.py"
        for name in names
    }


def without_options(name: str, line: str) -> tuple[str, str]:
    """Split a magic's options from the code to run.

    The magic runs its line.
    """
    options = _OPTIONS[name].match(line)
    end = options.end() if options else 0
    return line[:end], line[end:]


def _statement(lines: Sequence[str], first: int) -> _Code | None:
    """Translate the statement that begins on a line.

    None means that it is no command.
    """
    line = lines[first]
    code = line.lstrip(" \t\f")
    indent = line[: len(line) - len(code)]
    found = _question(code) or _command(code, lines, first) or _auto_call(code) or _bare(code)
    if found is not None:
        return _Code(indent + found.text, found.lines, found.inert)
    return _assignment(lines, first)


def _question(code: str) -> _Code | None:
    """Translate ``?name`` and ``name?``, of which nothing is asked here."""
    text = code.rstrip(" \t;")
    if text.startswith("?"):
        return _Code(_call("run_line_magic", "pinfo", text.lstrip("? \t")), inert=text)
    if not text.endswith("?") or any(sign in text for sign in "#'\""):
        return None
    backwards = _ASKED.match(text.rstrip("?")[::-1])
    name = backwards[0][::-1] if backwards else ""
    if text.startswith("!"):
        return None
    return _Code(_call("run_line_magic", "pinfo", name), inert=f"{name}?") if name else None


def _command(code: str, lines: Sequence[str], first: int) -> _Code | None:
    """Translate a line that begins with a percent or an exclamation mark."""
    if code[:1] not in ("%", "!"):
        return None
    text, used = _joined(code, lines, first)
    if text.startswith("!"):
        method = "getoutput" if text.startswith("!!") else "system"
        return _Code(_call(method, text.lstrip("!").strip()), used, text)
    call, is_inert = _magic(text, is_at_top=lines[first] == code)
    return _Code(call, used, text if is_inert else "") if call else None


def _auto_call(code: str) -> _Code | None:
    """Translate a call without brackets.

    Examples are ``/f a b``, ``,f a b`` and ``;f a b``.
    """
    if code.rstrip() in (",", ";"):
        return _Code("pass")
    found = _AUTO_CALL.match(code)
    if found is None:
        return None
    words = (found["arguments"] or "").rstrip()
    if found["sign"] == "/":
        return _Code(f"{found['name']}({', '.join(words.split())})")
    texts = words.split() if found["sign"] == "," else [words]
    return _Code(f"{found['name']}({', '.join(map(repr, texts or ['']))})")


def _bare(code: str) -> _Code | None:
    """Translate a magic without percent sign.

    Only a line that can be nothing else is translated.
    """
    found = _BARE.match(code)
    if found is None or found["name"] not in BARE_MAGICS or _OPERATOR.match(found["arguments"]):
        return None
    call, is_inert = _magic(f"%{code}")
    return _Code(call, inert=code if is_inert else "") if call else None


def _assignment(lines: Sequence[str], first: int) -> _Code | None:
    """Translate ``name = !command`` and ``name = %magic``."""
    line = lines[first]
    if not _EQUALS_COMMAND.search(line):
        return None
    place = Scanner().find_equals(line)
    target, value = line[: place or 0], line[(place or 0) + 1 :].lstrip(" \t")
    if place is None or value[:1] not in ("%", "!") or not target.strip():
        return None
    text, used = _joined(value, lines, first)
    if text.startswith("!"):
        return _Code(f"{target}= {_call('getoutput', text[1:].strip())}", used, text)
    call, is_inert = _magic(text, is_value=True)
    return _Code(f"{target}= {call}", used, text if is_inert else "") if call else None


def _joined(code: str, lines: Sequence[str], first: int) -> tuple[str, int]:
    """Join a command with the lines that its backslashes continue."""
    parts = [code]
    while parts[-1].endswith("\\") and first + len(parts) < len(lines):
        parts[-1] = parts[-1][:-1]
        parts.append(lines[first + len(parts)])
    return "".join(parts), len(parts)


def _magic(text: str, *, is_value: bool = False, is_at_top: bool = False) -> tuple[str, bool]:
    """Translate a line magic, and tell if it does nothing.

    The code is empty if the text is no line magic.
    """
    for _ in range(MAX_NESTED):
        magic = _LINE_MAGIC.match(text)
        if magic is None:
            return "", False
        name, argument = magic["name"], text[magic.end() :].rstrip()
        if name not in _OPTIONS:
            return _line_magic(name, argument, is_at_top=is_at_top), name not in EFFECTIVE_MAGICS
        options, code = without_options(name, argument)
        if name == "timeit" and _is_apart(options, code, is_value=is_value):
            break
        if code.startswith("!"):
            return _call("system", code.strip("!").strip()), True
        if not code.startswith("%"):
            return (code, False) if code else (_call("run_line_magic", name, argument), False)
        text = code
    return _call("run_line_magic", name, argument), False


def _is_apart(options: str, code: str, *, is_value: bool) -> bool:
    """Return True if ``%timeit`` must run its code apart.

    Such code must not bind names, or a result is asked for.
    """
    if is_value or "o" in options or "v" in options:
        return True
    scanner = Scanner()
    scanner.read(code)
    return scanner.is_at_statement and not is_expression(code)


def _line_magic(name: str, argument: str, *, is_at_top: bool = False) -> str:
    call = _call("run_line_magic", name, argument)
    return "; ".join((*PYLAB_MODULES, call)) if name == "pylab" and is_at_top else call


def _call(method: str, *arguments: str) -> str:
    return f"get_ipython().{method}({', '.join(map(repr, arguments))})"
