"""The notebook's shell.

It is an object that stands for IPython's where code calls ``get_ipython()``.

It does what changes names, values and the environment, as IPython does; everything else is accepted
and does nothing. No command is handed to the system.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from autograder.inside.reading.notebook.cells import read_cell
from autograder.inside.reading.notebook.effects import BODY_MAGICS
from autograder.inside.reading.notebook.magics import (
    PYLAB_MODULES,
    PYLAB_NAMES,
    translate,
    without_options,
)

#: Runs a file that was handed in, by the name that code gives it, in a namespace; False if there is
#: none.
#: The names of a module or notebook, as its code sees them.
Names = dict[str, Any]
RunNamed = Callable[[str, Names], bool]

_EXPANDED = re.compile(r"\$\$|\$(?P<name>[^\W\d][\w.]*)|\{(?P<expression>[^{}]+)\}")


class Lines(list[str]):
    """The output of a command, which is never run here.

    It is a list of no lines, with IPython's names.
    """

    l = list = property(lambda self: self)  # noqa: E741  # IPython's name
    n = s = nlstr = spstr = property(lambda _: "")
    p = paths = property(lambda _: [])

    def grep(self, *_: object, **_options: object) -> Lines:
        """Return the lines that match a pattern."""
        return Lines()

    def fields(self, *_: object) -> Lines:
        """Return columns."""
        return Lines()


@dataclass(frozen=True)
class TimeitResult:
    """The answer of ``%timeit -o``, after one run.

    Attributes
    ----------
    all_runs
        Seconds of each run.
    """

    all_runs: Sequence[float]
    loops: int = 1
    repeat: int = 1
    compile_time: float = 0.0
    stdev: float = 0.0

    @property
    def average(self) -> float:
        """Duration of the one run [s]."""
        return self.all_runs[0]

    best = worst = average

    @property
    def timings(self) -> Sequence[float]:
        """Seconds of each run."""
        return self.all_runs


@dataclass
class CapturedOutput:
    """The output of a cell below ``%%capture``.

    Attributes
    ----------
    outputs
        Rich output, of which there is none here.
    """

    _stdout: io.StringIO | None = None
    _stderr: io.StringIO | None = None
    outputs: list[object] = field(default_factory=list)

    @property
    def stdout(self) -> str:
        """The text that was printed."""
        return self._stdout.getvalue() if self._stdout else ""

    @property
    def stderr(self) -> str:
        """The text on the error stream."""
        return self._stderr.getvalue() if self._stderr else ""

    def __str__(self) -> str:
        return self.stdout

    def show(self) -> None:
        """Print the captured output."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show


def no_file(_name: str, _namespace: Names) -> bool:
    """Find no file to run."""
    return False


class _Silent:
    """An inner object of the shell.

    Every attribute and call leads to nothing.
    """

    def __getattr__(self, name: str) -> _Silent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_options: object) -> None:
        return None

    def __getitem__(self, _key: object) -> _Silent:
        return self

    def __setitem__(self, _key: object, _value: object) -> None:
        return None


class NotebookShell:
    """IPython's shell, as far as it reaches names and values.

    Parameters
    ----------
    run_named
        Runs what ``%run`` names.
    """

    def __init__(self, run_named: RunNamed) -> None:
        self._run_named = run_named
        self._written: set[Path] = set()
        self._frames: list[Callable[[Names], None]] = []
        self._kept: tuple[object, object, object] = (None, None, None)  # as `_`, `__` and `___`
        self.config: dict[str, Any] = {}

    def __getattr__(self, name: str) -> _Silent:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Silent()

    # names ----------------------------------------------------------------------------------------

    @property
    def user_ns(self) -> Names:
        """The names of the module that asks."""
        return sys._getframe(1).f_globals  # noqa: SLF001  # the module's own frame

    user_global_ns = user_ns

    def push(self, variables: Mapping[str, Any], *_: object, **_options: object) -> None:
        """Bind names in the module that asks."""
        sys._getframe(1).f_globals.update(variables)  # noqa: SLF001

    def ev(self, expression: str) -> Any:
        """Evaluate an expression."""
        frame = sys._getframe(1)  # noqa: SLF001
        return eval(expression, frame.f_globals)  # noqa: S307  # the submission's, in the sandbox

    def ex(self, code: str) -> None:
        """Run statements."""
        _run(code, sys._getframe(1))  # noqa: SLF001

    def run_cell(self, raw_cell: str, *_: object, **_options: object) -> None:
        """Run the text of a cell."""
        _run(read_cell(raw_cell).source, sys._getframe(1))  # noqa: SLF001

    # magics ---------------------------------------------------------------------------------------

    def run_line_magic(
        self, magic_name: str, line: str = "", *_: object, **_options: object
    ) -> Any:
        """Run a line magic that has an effect."""
        return self._line(magic_name, line, sys._getframe(1))  # noqa: SLF001

    def magic(self, text: str) -> Any:
        """Run a line magic as it is written behind its percent sign."""
        name, _, line = text.strip().lstrip("%").partition(" ")
        return self._line(name, line.strip(), sys._getframe(1))  # noqa: SLF001

    def run_cell_magic(self, magic_name: str, line: str = "", cell: str = "") -> None:
        """Run the body of a cell magic, or write it out.

        The magic wraps the body, or names the file to write.
        """
        frame = sys._getframe(1)  # noqa: SLF001
        if magic_name in ("file", "writefile"):
            self._write_file(_expand(line, frame), cell)
        elif magic_name in BODY_MAGICS:
            _run(read_cell(f"%%{magic_name} {line}\n{cell}").source, frame)

    def system(self, *_: object, **_options: object) -> None:
        """Accept a command, which is not run."""

    def getoutput(self, *_: object, **_options: object) -> Lines:
        """Return no lines, since no command is run."""
        return Lines()

    def _line(self, name: str, line: str, frame: FrameType) -> Any:
        run = self._lines.get(name)
        return None if run is None else run(self, line, frame)

    def _statement(self, line: str, frame: FrameType) -> None:
        if without_options("time", line)[1].strip():  # of nothing, its translation is this call
            _run(translate(f"%time {line}").source, frame)

    def _timeit(self, line: str, frame: FrameType) -> TimeitResult | None:
        """Run a statement once.

        The names that it binds are not kept.
        """
        options, code = without_options("timeit", line)
        begin = time.perf_counter()
        _run(translate(code).source, frame, dict(frame.f_globals) | dict(frame.f_locals))
        result = TimeitResult([time.perf_counter() - begin])
        kept = re.search(r"-v[ \t]*(\w+)", options)
        if kept:
            frame.f_globals[kept[1]] = result
        return result if kept or "-o" in options else None

    def _profile(self, name: str) -> Callable[[str, FrameType], None]:
        return lambda line, frame: _run(translate(without_options(name, line)[1]).source, frame)

    def _env(self, line: str, frame: FrameType) -> Any:
        """Read or set a variable of the process's environment."""
        text = _expand(line, frame).strip()
        if not text:
            return dict(os.environ)
        name, sign, value = text.partition("=" if "=" in text else " ")
        name, value = name.strip(), value.strip()
        if not sign:
            return os.environ[name]
        os.environ[name] = value
        print(f"env: {name}={value}")  # noqa: T201  # as IPython says
        return None

    def _pwd(self, _line: str, _frame: FrameType) -> str:
        return os.getcwd()  # noqa: PTH109  # as text

    def _who_ls(self, _line: str, frame: FrameType) -> list[str]:
        return sorted(name for name in frame.f_globals if not name.startswith("_"))

    def _pylab(self, line: str, frame: FrameType) -> None:
        for statement in (*PYLAB_MODULES, *(() if "--no-import-all" in line else PYLAB_NAMES)):
            with contextlib.suppress(ImportError):
                _run(statement, frame, frame.f_globals)

    def _run_file(self, line: str, frame: FrameType) -> None:
        """Run a file that was handed in, and take over its names.

        ``__name__`` stays the module's, so that code below ``if __name__ == "__main__"`` is not
        run.
        """
        words = shlex.split(_expand(line, frame))
        name = next((word for word in words if not word.startswith("-")), "")
        if "-m" in words:
            name = name.replace(".", "/")
        if not name.endswith((".ipynb", ".py")):
            name = f"{name}.py"
        own = frame.f_globals
        shares = name.endswith(".ipynb") or "-i" in words
        names = (
            own if shares else {name: value for name, value in own.items() if name.startswith("__")}
        )
        if not self._run_named(name, names):
            raise FileNotFoundError(
                f"%run: {name!r} was not handed in"
                if name.endswith(".py")
                else f"%run: {name!r} is not loaded here; only Python files are"
            )
        own.update({name: value for name, value in names.items() if not name.startswith("__")})

    def _write_file(self, line: str, text: str) -> None:
        """Write a file into the work folder.

        An existing file that the shell did not write stays as it is.
        """
        words = shlex.split(line)
        path = Path(next((word for word in words if not word.startswith("-")), "")).absolute()
        if path.exists() and path not in self._written:
            return
        with path.open("a" if {"-a", "--append"} & set(words) else "w", encoding="utf-8") as file:
            file.write(text)
        self._written.add(path)

    _lines: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "env": _env,
        "pwd": _pwd,
        "pylab": _pylab,
        "run": _run_file,
        "set_env": _env,
        "time": _statement,
        "timeit": _timeit,
        "who_ls": _who_ls,
    }

    # values of cells ------------------------------------------------------------------------------

    def keep(self, value: object, count: int) -> None:
        """Keep the value of a cell as ``_``, ``Out[count]`` and ``_count``."""
        names = sys._getframe(1).f_globals  # noqa: SLF001
        if value is None:
            return
        shown = names.setdefault("Out", {})
        names.setdefault("_oh", shown)
        if isinstance(shown, dict):
            shown[count] = value
        names[f"_{count}"] = value
        if names.get("_") is self._kept[0]:  # the submission's own variable stays
            self._kept = (value, *self._kept[:2])
            names.update(zip(("_", "__", "___"), self._kept, strict=True))

    # cells whose body is run in place -------------------------------------------------------------

    def enter_cell_magic(self, name: str, line: str) -> None:
        """Begin the body of a cell magic."""
        begin = self._capture if name == "capture" else self._time_apart
        self._frames.append(begin(line, sys._getframe(1).f_globals))  # noqa: SLF001

    def leave_cell_magic(self) -> None:
        """End the body of the cell magic that began last."""
        if self._frames:
            self._frames.pop()(sys._getframe(1).f_globals)  # noqa: SLF001

    def _capture(self, line: str, _names: Names) -> Callable[[Names], None]:
        words = line.split()
        before = sys.stdout, sys.stderr
        captured = CapturedOutput(
            None if "--no-stdout" in words else io.StringIO(),
            None if "--no-stderr" in words else io.StringIO(),
        )
        sys.stdout = captured._stdout or sys.stdout  # noqa: SLF001  # its maker
        sys.stderr = captured._stderr or sys.stderr  # noqa: SLF001

        def end(names: Names) -> None:
            sys.stdout, sys.stderr = before
            for word in words:
                if word.isidentifier():
                    names[word] = captured

        return end

    def _time_apart(self, _line: str, names: Names) -> Callable[[Names], None]:
        """Let the body of ``%%timeit`` add names but replace none.

        In IPython it has names of its own.
        """
        before = dict(names)
        return lambda names: names.update(before)


def _run(code: str, frame: FrameType, names: Names | None = None) -> None:
    """Run code as if on the line that called the shell."""
    tree = ast.parse(code.strip(), frame.f_code.co_filename)
    ast.increment_lineno(tree, frame.f_lineno - 1)
    code_object = compile(tree, frame.f_code.co_filename, "exec", dont_inherit=True)
    if names is None and frame.f_locals is not frame.f_globals:  # a function's line
        exec(code_object, frame.f_globals, dict(frame.f_locals))  # noqa: S102  # the submission's
    else:
        exec(code_object, frame.f_globals if names is None else names)  # noqa: S102


def _expand(text: str, frame: FrameType) -> str:
    """Put values in place of ``{expression}`` and ``$name``.

    A text with an error stays as it is.
    """
    names = frame.f_globals | frame.f_locals

    def value(found: re.Match[str]) -> str:
        expression = found["name"] or found["expression"]
        # the submission's
        return "$" if expression is None else str(eval(expression, names))  # noqa: S307

    try:
        return _EXPANDED.sub(value, text)
    except Exception:  # noqa: BLE001  # whatever the expression does
        return text
