"""The files of a submission as they are loaded: modules, cells, and the builtins that their code sees."""

from __future__ import annotations

import builtins
import linecache
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside.forbidden import guarded_import

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from types import CodeType


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
    """

    name: str
    cells: tuple[str, ...]
    is_notebook: bool = False
    is_support: bool = False

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


def module_name(file: str) -> str:
    """``classifiers/cnn.py`` is imported as ``classifiers.cnn``."""
    return file.removesuffix(".py").replace("\\", "/").replace("/", ".")


def source_file(name: str, content: str | Sequence[str], *, is_support: bool = False) -> SourceFile:
    """Make a file of what a load request says: text, or the cells of a notebook."""
    if isinstance(content, str):
        return SourceFile(name, (content.removeprefix("\ufeff"),), is_support=is_support)
    return SourceFile(name, tuple(content), is_notebook=True, is_support=is_support)


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
        except ValueError as error:
            raise SyntaxError(str(error), (name, None, None, None)) from error


def register_source(name: str, source: str, *more: str) -> list[str]:
    """Let tracebacks and `inspect.getsource` find a source that is no file; its lines."""
    lines = source.splitlines(keepends=True)
    for key in (name, *more):
        linecache.cache[key] = (len(source), None, lines, key)
    return lines


def forget_source(names: Collection[str]) -> None:
    """Undo `register_source`."""
    for name in names:
        linecache.cache.pop(name, None)


class InertShell:
    """What ``get_ipython()`` is here: accepts everything and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_args: object, **_kwargs: object) -> None:
    return None


def _no_input(_prompt: object = "", /) -> NoReturn:
    raise EOFError("input() is not available while grading")


def submission_builtins(forbidden: Collection[str]) -> dict[str, Any]:
    """The builtins of the submission's modules: no input, an inert notebook shell, and guarded imports."""
    shell = InertShell()
    return {
        **vars(builtins),
        "__import__": guarded_import(forbidden),
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
