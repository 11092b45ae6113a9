"""The files of a submission as they are loaded: modules, cells, and the builtins that their code sees."""

from __future__ import annotations

import builtins
import linecache
import marshal
import sys
import warnings
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside.forbidden import guarded_import
from autograder.inside.newer_syntax import explain_syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


class SourceTooComplex(SyntaxError):  # noqa: N818
    """Python's compiler gave up on a source: nesting, or a sum, beyond its stack."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a submission, or a support module.

    Attributes
    ----------
    name
        File name as declared, ``layers.py``; a folder in it makes a package.
    cells
        The cells of a notebook in order, or the one source of a module.
    is_notebook
        Whether a failing cell lets the next ones run.
    is_support
        Whether the course, not the student, wrote it.
    code
        The cells compiled ahead (`compile_ahead`), where that was done.
    unread
        Why the file cannot be read; empty if it can.
    """

    name: str
    cells: tuple[str, ...]
    is_notebook: bool = False
    is_support: bool = False
    code: tuple[bytes, ...] = ()
    unread: str = ""

    @property
    def module(self) -> str:
        """Dotted name under which the file is imported."""
        return module_name(self.name)

    @property
    def source(self) -> str:
        """The whole text."""
        return "\n\n".join(self.cells)

    def cell_name(self, number: int) -> str:
        """The name under which cell ``number`` (from 1) is compiled, as tracebacks show it."""
        return f"{self.name}, cell {number}" if self.is_notebook else self.name

    def compiled(self, number: int) -> CodeType:
        """Return the code of cell ``number`` (from 1).

        Raises
        ------
        SyntaxError
            See `compile_cell`; also if the file cannot be read.
        """
        if self.unread:
            raise SyntaxError(self.unread)
        if number <= len(self.code) and self.code[number - 1]:
            return _thawed(self.code[number - 1])
        return compile_cell(self.cells[number - 1], self.cell_name(number))


def module_name(file: str) -> str:
    """``classifiers/cnn.py`` is imported as ``classifiers.cnn``."""
    return file.removesuffix(".py").replace("\\", "/").replace("/", ".")


def source_file(
    name: str, content: str | Sequence[str], *, is_support: bool = False, code: Sequence[bytes] = ()
) -> SourceFile:
    """Make a file of what a load request says: text, or the cells of a notebook."""
    is_notebook = not isinstance(content, str)
    cells = tuple(content) if is_notebook else (str(content).removeprefix("\ufeff"),)
    return SourceFile(name, cells, is_notebook, is_support, tuple(code))


def compile_ahead(name: str, content: str | Sequence[str]) -> list[bytes]:
    """Compile a file once for all the candidates that will load it: milliseconds each time, otherwise.

    What comes out is for `source_file` in a candidate of the same interpreter, and for nothing else: no trusted process
    may load it. A cell that does not compile gives no bytes, and its error when it is loaded.
    """
    file = source_file(name, content)
    return [_frozen(file, number) for number in range(1, len(file.cells) + 1)]


def _frozen(file: SourceFile, number: int) -> bytes:
    try:
        return marshal.dumps(file.compiled(number))
    except (SyntaxError, ValueError):
        return b""


def _thawed(code: bytes) -> CodeType:
    loaded = marshal.loads(code)  # noqa: S302  # in the sandbox, which is about to run it
    if not isinstance(loaded, CodeType):
        raise SyntaxError("the compiled source is no code")  # noqa: TRY004  # as any source that cannot be run
    return loaded


def compile_cell(source: str, name: str) -> CodeType:
    """Compile one source; its warnings are printed and never raised.

    Raises
    ------
    SyntaxError
        Whatever the compiler has against it, too.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        try:
            return compile(source, name, "exec", dont_inherit=True)
        except (MemoryError, RecursionError, OverflowError) as error:
            raise SourceTooComplex(
                f"the source is too complex to compile ({type(error).__name__})", (name, None, None, None)
            ) from None
        except UnicodeEncodeError as error:
            raise SyntaxError(
                "the source holds characters that are no text (lone surrogates)", (name, None, None, None)
            ) from error
        except SyntaxError as error:
            error.msg = explain_syntax_error(error.msg, source)
            raise
        except ValueError as error:
            raise SyntaxError(str(error), (name, None, None, None)) from error


class SourceLines(dict[str, list[str]]):
    """The lines of each source by the name under which it was compiled, split when they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: dict[str, str] = {}

    def add(self, name: str, text: str) -> None:
        """Add a source."""
        self._texts[name] = text
        self.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __missing__(self, name: str) -> list[str]:
        self[name] = split_lines(self._texts[name])
        return self[name]


def split_lines(text: str) -> list[str]:
    """Split as Python counts lines: at line ends of any system, and not at form feeds as `str.splitlines` does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def register_source(name: str, text: str) -> None:
    """Let tracebacks and `inspect.getsource` find a source that is no file."""
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in split_lines(text)], name)


def forget_source(names: Collection[str]) -> None:
    """Undo `register_source`."""
    for name in names:
        linecache.cache.pop(name, None)


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


def _no_input(_prompt: object = "", /) -> NoReturn:
    raise EOFError("input() is not available while grading")


def submission_builtins(forbidden: Collection[str], allowed: Collection[str] = ()) -> dict[str, Any]:
    """The builtins of the submission's modules: no input, an inert notebook shell, and guarded imports."""
    shell = InertShell()
    return {
        **vars(builtins),
        "__import__": guarded_import(forbidden, allowed),
        "input": _no_input,
        "get_ipython": lambda: shell,
        "display": _display,
    }


def _display(*values: object, **_options: object) -> None:
    for value in values:
        print(value)  # noqa: T201  # what a notebook's display() does without a notebook


def packages_of(modules: Collection[str], aliases: Collection[str]) -> frozenset[str]:
    """All packages that must exist so that the modules and aliases can be imported."""
    dotted = [name.rpartition(".")[0] for name in modules] + list(aliases)
    parts = [name.split(".") for name in dotted if name]
    return frozenset(".".join(part[:length]) for part in parts for length in range(1, len(part) + 1))


def find_by_last_name(modules: Mapping[str, SourceFile], name: str) -> SourceFile | None:
    """The file that ``name`` means where its folder does not matter."""
    if name in modules:
        return modules[name]
    return next((file for module, file in modules.items() if module.rpartition(".")[2] == name), None)
