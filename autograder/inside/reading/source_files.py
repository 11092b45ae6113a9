"""The files of a submission as they are loaded.

They have modules and cells, and lines that tracebacks find.
"""

from __future__ import annotations

import linecache
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.inside.reading.syntax.statements import (
    Statement,
    as_syntax_errors,
    freeze,
    future_flags,
    split,
    thaw,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from types import CodeType


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
        True if it consists of cells.
    is_support
        True if the course, not the student, wrote it.
    is_helper
        True if the student handed it in beside the declared files, and one of these imports it.
    code
        The cells compiled ahead (`compile_ahead`), where that was done.
    unread
        Why the file cannot be read; empty if it can.
    title
        What the student called it, where that is another name.
    """

    name: str
    cells: tuple[str, ...]
    is_notebook: bool = False
    is_support: bool = False
    code: tuple[bytes, ...] = ()
    unread: str = ""
    title: str = ""
    is_helper: bool = False

    @property
    def module(self) -> str:
        """Dotted name under which the file is imported."""
        return module_name(self.name)

    @property
    def source(self) -> str:
        """The whole text."""
        return "\n\n".join(self.cells)

    @property
    def shown(self) -> str:
        """The name that its student knows."""
        return self.title or self.name

    def cell_name(self, number: int) -> str:
        """Return the name under which a cell is compiled.

        Cells have a ``number``, from 1. Tracebacks show the name.
        """
        return f"{self.shown}, cell {number}" if self.is_notebook else self.shown

    def statements(self) -> Iterator[list[Statement] | SyntaxError]:
        """Compile the statements of each cell.

        A cell that cannot be compiled yields its error.
        """
        flags = 0
        for number, source in enumerate(self.cells, start=1):
            try:
                if number <= len(self.code) and self.code[number - 1]:
                    found = thaw(self.code[number - 1])
                    flags |= future_flags(found)
                else:
                    found, flags = split(
                        source, self.cell_name(number), flags, is_notebook=self.is_notebook
                    )
            except SyntaxError as error:
                yield error
            else:
                yield found


def module_name(file: str) -> str:
    """``classifiers/cnn.py`` is imported as ``classifiers.cnn``."""
    name = file.removesuffix(".py").replace("\\", "/").replace("/", ".")
    return name.removesuffix(".__init__")


def source_file(  # noqa: PLR0913  # what a load request says of a file
    name: str,
    content: str | Sequence[str],
    *,
    is_support: bool = False,
    is_helper: bool = False,
    code: Sequence[bytes] = (),
    title: str = "",
) -> SourceFile:
    """Make a file from a load request.

    Its content is a text, or the cells of a notebook.
    """
    is_notebook = not isinstance(content, str)
    cells = tuple(content) if is_notebook else (str(content).removeprefix("\ufeff"),)
    return SourceFile(
        name,
        cells,
        is_notebook,
        is_support=is_support,
        is_helper=is_helper,
        code=tuple(code),
        title=title,
    )


def compile_ahead(name: str, content: str | Sequence[str], title: str = "") -> list[bytes]:
    """Compile a file once for all of its candidates.

    Otherwise, each candidate would need milliseconds for it.

    What comes out is for `source_file` in a candidate of the same interpreter, and for nothing
    else: no trusted process may load it. A cell that does not compile gives no bytes, and its error
    when it is loaded.
    """
    compiled = source_file(name, content, title=title).statements()
    return [b"" if isinstance(one, SyntaxError) else freeze(one) for one in compiled]


def compile_whole(source: str, name: str) -> CodeType:
    """Compile one source.

    Its warnings are printed and never raised.

    Raises
    ------
    SyntaxError
        The compiler refuses the source, for any reason.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with as_syntax_errors(source, name):
            return compile(source, name, "exec", dont_inherit=True)


class SourceLines(dict[str, list[str]]):
    """The lines of each source by its compiled name.

    They are split when they are asked for.
    """

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
    """Split a text into lines as Python counts them.

    It is split at line ends of any system, and not at form feeds as `str.splitlines` does.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def register_source(name: str, text: str) -> None:
    """Let tracebacks and `inspect.getsource` find a source that is no file."""
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in split_lines(text)], name)


def forget_source(names: Collection[str]) -> None:
    """Undo `register_source`."""
    for name in names:
        linecache.cache.pop(name, None)


def packages_of(modules: Collection[str], aliases: Collection[str]) -> frozenset[str]:
    """Return all packages that the modules and aliases need.

    They must exist so that these can be imported.
    """
    dotted = [name.rpartition(".")[0] for name in modules] + list(aliases)
    parts = [name.split(".") for name in dotted if name]
    return frozenset(
        ".".join(part[:length]) for part in parts for length in range(1, len(part) + 1)
    )


def find_by_last_name(modules: Mapping[str, SourceFile], name: str) -> SourceFile | None:
    """The file that ``name`` means where its folder does not matter."""
    if name in modules:
        return modules[name]
    return next(
        (file for module, file in modules.items() if module.rpartition(".")[2] == name), None
    )
